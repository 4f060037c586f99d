#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "guard/audit/entry.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// Who wants to oversee the guard, and whose state it is.
struct Overseer {
  std::string account;
  std::string owner;  ///< the account that owns the state, which may in any case, as root may
};

/// Ok for whom the policy lets do that. kPermission, in words that say what would help, for anybody
/// else, after `record` has written the refusal down; that of `record` where it cannot.
[[nodiscard]] Status check_oversight(const Policy& policy, const Overseer& overseer,
                                     OversightAct act,
                                     const std::function<Status(AuditEntry)>& record);

/// The entry that says that somebody oversaw: for acts that leave none of another kind.
[[nodiscard]] AuditEntry oversight_entry(const Overseer& overseer, OversightAct act);

}  // namespace noroshi
