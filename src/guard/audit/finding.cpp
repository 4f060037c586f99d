#include "guard/audit/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace noroshi {

std::string_view to_string(AuditFault fault) {
  switch (fault) {
    case AuditFault::kAltered:
      return "altered";
    case AuditFault::kMissing:
      return "missing";
    case AuditFault::kSegmentMissing:
      return "segment_missing";
    case AuditFault::kTruncated:
      return "truncated";
    case AuditFault::kReordered:
      return "reordered";
    case AuditFault::kDuplicated:
      return "duplicated";
    case AuditFault::kInserted:
      return "inserted";
    case AuditFault::kMisnamed:
      return "misnamed";
    case AuditFault::kHead:
      return "head";
    case AuditFault::kClock:
      return "clock";
    case AuditFault::kTimeStamp:
      return "time_stamp";
    case AuditFault::kUnfinished:
      return "unfinished";
  }
  CHECK(false);
}

std::string AuditPlace::to_string() const { return fmt::format("{}:{}", segment, line); }

void AuditFindings::add(AuditFinding finding) {
  if (findings_.size() < kMost)
    findings_.push_back(std::move(finding));
  else
    ++beyond_;
}

std::vector<AuditFinding> AuditFindings::take() {
  std::ranges::stable_sort(findings_, {}, &AuditFinding::first);
  return std::move(findings_);
}

}  // namespace noroshi
