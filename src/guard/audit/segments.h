#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/result.h"
#include "guard/audit/folder.h"
#include "guard/audit/line_file.h"

namespace noroshi {

/// The segments of a folder up to where its chain ends, the last one no longer than counts. `end`
/// is asked first; empty: all that is there.
[[nodiscard]] Result<std::vector<AuditSegment>> audit_segments_until(
    const std::filesystem::path& folder, const std::function<AuditEnd()>& end);

/// Calls with every line of them. An error of `take` ends it.
[[nodiscard]] Status each_audit_line(
    const std::filesystem::path& folder, const std::function<AuditEnd()>& end,
    const std::function<Status(const AuditSegment&, const LineFile::Line&)>& take);

}  // namespace noroshi
