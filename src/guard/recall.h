#pragma once

#include <filesystem>
#include <functional>

#include "base/result.h"
#include "guard/audit/entry.h"
#include "guard/audit/folder.h"

namespace noroshi {

/// Gives every entry of the audit up to `end`, in the order of the chain, but of permitted reads
/// only the last that a person made under each purpose: what components need to know again after a
/// restart. A line that is no entry is kMalformed: what it said is not known. A folder that is not
/// there has no entries.
[[nodiscard]] Status recall_audit(const std::filesystem::path& folder, const AuditEnd& end,
                                  const std::function<void(const RecordedEntry&)>& take);

}  // namespace noroshi
