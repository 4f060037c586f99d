#include "app/record_key.h"

#include <utility>

#include "api/client.h"
#include "app/running_audit.h"
#include "desk/account.h"
#include "desk/oversight_desk.h"
#include "desk/question_json.h"

namespace noroshi {
namespace {

constexpr const char* kUnrecorded = "the audit cannot be written, so no key is touched";

Status record(const KeyAudit& place, const KeyAct& act) {
  const auto audit = Audit::open(audit_config_of(place.config).audit);
  if (audit) {
    auto entry = entry_of(act);
    entry.who = own_account();
    TRY((*audit)->append(std::move(entry)));
    return {};
  }
  if (audit.error().code != ErrorCode::kUnavailable || !place.asks_daemon)
    return tl::unexpected(audit.error());
  const auto response =
      TRY(HttpClient(place.config.serve.socket).post("/desk/guard/key", to_json(act)));
  if (response.status != 200) return tl::unexpected(error_from_json(response.body));
  return {};
}

}  // namespace

Status record_key_act(const KeyAudit& audit, const KeyAct& act) {
  TRY(check(act));
  const auto recorded = record(audit, act);
  if (!recorded) return tl::unexpected(in_context(kUnrecorded, recorded.error()));
  return {};
}

}  // namespace noroshi
