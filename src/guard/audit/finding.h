#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace noroshi {

/// What can be wrong with a chain.
enum class AuditFault : std::uint8_t {
  kAltered,         ///< entries are not what was written
  kMissing,         ///< entries are not there
  kSegmentMissing,  ///< the same, a whole file of them
  kTruncated,       ///< entries at the end are not there
  kReordered,       ///< an entry does not stand in its place
  kDuplicated,      ///< an entry stands there twice
  kInserted,        ///< a line that was never written
  kMisnamed,        ///< a segment's name is not its first entry's
  kHead,            ///< the file `head` is not there, or holds something else
  kClock,           ///< times that cannot be
  kTimeStamp,       ///< a time stamp that does not hold, or does not cover what it says
  kUnfinished,      ///< a last line cut short by a crash, never acknowledged: no harm done
};
/// "altered", "segment_missing": as JSON has it.
[[nodiscard]] std::string_view to_string(AuditFault fault);

/// A line of a segment.
struct AuditPlace {
  std::string_view segment;
  std::uint64_t line = 0;

  /// "00000000000000000001.jsonl:12".
  [[nodiscard]] std::string to_string() const;
};

struct AuditFinding {
  AuditFault fault = AuditFault::kAltered;
  std::uint64_t first = 0;  ///< the entries concerned, both ends included
  std::uint64_t last = 0;
  std::string place;  ///< where there is one
  std::string english;
  std::string japanese;
};

/// Collects findings, a bounded number of them; the others are counted.
class AuditFindings {
 public:
  static constexpr std::size_t kMost = 1000;

  void add(AuditFinding finding);
  /// In the order of the entries they speak of.
  [[nodiscard]] std::vector<AuditFinding> take();
  [[nodiscard]] std::uint64_t beyond() const { return beyond_; }

 private:
  std::vector<AuditFinding> findings_;
  std::uint64_t beyond_ = 0;
};

}  // namespace noroshi
