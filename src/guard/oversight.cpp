#include "guard/oversight.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace noroshi {
namespace {

bool may(const Policy& policy, const Overseer& overseer, OversightAct act) {
  if (overseer.account.empty()) return false;
  if (overseer.account == overseer.owner || overseer.account == "root") return true;
  const auto person = policy.person_of(overseer.account);
  const auto& roles = policy.overseers_of(act);
  return std::ranges::any_of(person.roles, [&](const std::string& role) {
    return std::ranges::find(roles, role) != roles.end();
  });
}

}  // namespace

AuditEntry oversight_entry(const Overseer& overseer, OversightAct act) {
  AuditEntry entry;
  entry.kind = "overseen";
  entry.who = overseer.account;
  entry.what = words_of(act).en;
  return entry;
}

Status check_oversight(const Policy& policy, const Overseer& overseer, OversightAct act,
                       const std::function<Status(AuditEntry)>& record) {
  if (may(policy, overseer, act)) return {};
  auto entry = oversight_entry(overseer, act);
  entry.kind = "refused";
  entry.details = {{"why", "oversight"}};
  TRY(record(std::move(entry)));
  const auto& roles = policy.overseers_of(act);
  return failure(ErrorCode::kPermission,
                 fmt::format("{}: {} is for {}; the policy says so in [oversight]",
                             overseer.account, words_of(act).en,
                             roles.empty() ? std::string("the owner of the state alone")
                                           : fmt::format("{}", fmt::join(roles, ", "))));
}

}  // namespace noroshi
