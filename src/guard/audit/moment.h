#pragma once

#include <functional>

#include "guard/audit/entry.h"

namespace noroshi {

/// Tells the moment; tests bring their own.
using AuditClock = std::function<AuditMoment()>;

/// The system's clocks, and the kernel's id of this boot.
[[nodiscard]] AuditMoment system_moment();

}  // namespace noroshi
