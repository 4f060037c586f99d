#include "guard/audit/segments.h"

#include <algorithm>

namespace noroshi {

Result<std::vector<AuditSegment>> audit_segments_until(const std::filesystem::path& folder,
                                                       const std::function<AuditEnd()>& end) {
  const auto place = end ? std::optional(end()) : std::nullopt;
  auto segments = TRY(audit_segments(folder));
  if (!place) return segments;
  std::erase_if(segments,
                [&](const AuditSegment& segment) { return segment.first > place->segment_first; });
  if (!segments.empty() && segments.back().first == place->segment_first)
    segments.back().bytes = std::min(segments.back().bytes, place->segment_bytes);
  return segments;
}

Status each_audit_line(
    const std::filesystem::path& folder, const std::function<AuditEnd()>& end,
    const std::function<Status(const AuditSegment&, const LineFile::Line&)>& take) {
  for (const auto& segment : TRY(audit_segments_until(folder, end))) {
    auto file = TRY(LineFile::open(segment.path, segment.bytes));
    while (const auto line = TRY(file.next())) TRY(take(segment, *line));
  }
  return {};
}

}  // namespace noroshi
