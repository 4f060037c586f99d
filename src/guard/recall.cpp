#include "guard/recall.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "guard/audit/line.h"
#include "guard/audit/line_file.h"

namespace noroshi {
namespace {

/// Reads are a thousand to one of all else: of these the text is kept, and read at the end.
class Recall {
 public:
  explicit Recall(const std::function<void(const RecordedEntry&)>& take) : take_(take) {}

  Status add(std::string_view text) {
    const auto line = scan_audit_line(text);
    if (line && (line->kind == "read" || line->kind == "answered")) {
      if (line->kind == "read" && !line->who.starts_with("system:"))
        last_reads_[std::string(line->purpose)] = text;
      return {};
    }
    take_(TRY(read_audit_line(text)));
    return {};
  }
  Status finish() {
    for (const auto& [purpose, text] : last_reads_) take_(TRY(read_audit_line(text)));
    return {};
  }

 private:
  const std::function<void(const RecordedEntry&)>& take_;
  std::map<std::string, std::string, std::less<>> last_reads_;
};

}  // namespace

Status recall_audit(const std::filesystem::path& folder, const AuditEnd& end,
                    const std::function<void(const RecordedEntry&)>& take) {
  const auto segments = audit_segments(folder);
  if (!segments && segments.error().code == ErrorCode::kNotFound) return {};
  if (!segments) return tl::unexpected(segments.error());
  Recall recall(take);
  for (const auto& segment : *segments) {
    if (segment.first > end.segment_first) break;
    auto file =
        TRY(segment.first == end.segment_first ? LineFile::open(segment.path, end.segment_bytes)
                                               : LineFile::open(segment.path));
    while (const auto line = TRY(file.next())) {
      auto text = line->text;
      if (text.ends_with('\n')) text.remove_suffix(1);
      if (auto added = recall.add(text); !added)
        return tl::unexpected(
            in_context(fmt::format("{} at octet {}: noroshi guard audit verify says more",
                                   segment.path.string(), line->offset),
                       std::move(added).error()));
    }
  }
  return recall.finish();
}

}  // namespace noroshi
