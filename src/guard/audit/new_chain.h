#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "guard/audit/audit.h"

namespace noroshi {

/// A person's decision to go on after a chain was found broken: its files are moved, as they are,
/// into a folder `before-TIME` beside them, and a new chain begins with an entry `began` that names
/// the old one's last entry and head, what is wrong with it, who decided, and why.
///
/// kInvalidArgument where the chain is whole: there is nothing to decide. kUnavailable where a
/// process has it open.
[[nodiscard]] Result<std::unique_ptr<Audit>> begin_new_chain(Audit::Config config,
                                                             const std::string& who,
                                                             const std::string& reason,
                                                             AuditClock clock = system_moment);

}  // namespace noroshi
