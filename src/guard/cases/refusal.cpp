#include "guard/cases/refusal.h"

namespace noroshi {

tl::unexpected<Error> refuse_on_record(const std::function<Status(AuditEntry)>& append,
                                       const Person& who, const RefusedAct& refused, Error why) {
  AuditEntry entry;
  entry.kind = "refused";
  entry.who = who.account;
  entry.case_id = refused.case_id;
  entry.what = refused.act;
  entry.details = {{"person", who.name}};
  if (!refused.request.empty()) entry.details.emplace_back("request", refused.request);
  auto with_reason = entry;
  with_reason.details.emplace_back("why", why.message);
  auto written = append(std::move(with_reason));
  if (!written && written.error().code == ErrorCode::kPermission) {
    entry.details.emplace_back("why", "withheld: the words name a subscriber's address");
    written = append(std::move(entry));
  }
  return tl::unexpected(written ? std::move(why) : std::move(written).error());
}

}  // namespace noroshi
