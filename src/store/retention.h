#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/partition.h"

namespace noroshi {

class History;

/// What the history may take. 0: no limit.
struct RetentionLimits {
  struct Table {
    std::uint64_t hours = 0;  ///< kept after the partition has ended
    std::uint64_t bytes = 0;
  };
  std::map<std::string, Table, std::less<>> tables;  ///< by name; others have no limit of their own
  std::uint64_t most_bytes = 0;                      ///< all tables together
  double most_share = 0;         ///< the same, of the file system's size, 0 … 1
  std::uint64_t least_free = 0;  ///< bytes to be left on the file system
};

/// The file system that holds the history; not known where it lies on servers.
struct DiskState {
  std::uint64_t size = 0;
  std::uint64_t free = 0;
};

/// The bytes that all tables together may take: the smaller of the two limits; UINT64_MAX without
/// any.
[[nodiscard]] std::uint64_t most_bytes_of(const RetentionLimits& limits,
                                          const std::optional<DiskState>& disk);

enum class DropReason : std::uint8_t { kAge, kTableSize, kTotalSize, kDiskFull };
[[nodiscard]] std::string_view name_of(DropReason reason);

struct Drop {
  Partition partition;
  DropReason reason = DropReason::kAge;
  bool held = false;  ///< something holds it, but the disk is full and nothing else could go
  friend bool operator==(const Drop&, const Drop&) = default;
};

/// Whether something holds a partition: it then stays although its time has come.
using IsHeld = std::function<bool(const Partition&)>;

struct DropPlan {
  std::vector<Drop> drops;
  std::vector<Partition> kept;  ///< that would go, were they not held
};

/// What is to go, oldest first within each reason: what is too old; then the oldest of a table that
/// is too large; then, as long as all together are too large or the disk is too full, the oldest of
/// whichever table. A partition that has not ended by `now` stays, whatever the limits say. One
/// that is held goes for one reason only: the disk is too full, and nothing else is left to go.
[[nodiscard]] DropPlan plan_drops(const std::vector<Partition>& partitions,
                                  const RetentionLimits& limits,
                                  const std::optional<DiskState>& disk, Timestamp now,
                                  const IsHeld& is_held = {});

struct RetentionReport {
  std::vector<Drop> dropped;
  std::vector<Partition> kept;  ///< as in DropPlan
  /// The limits cannot be kept: what is left is open or held, and still too much.
  bool still_too_full = false;
  [[nodiscard]] std::uint64_t bytes() const;
};

/// Asks a history what it holds, and drops what plan_drops says. Not thread-safe; the history may
/// be in use.
class Retention {
 public:
  struct Dependencies {
    History& history;
    std::function<std::optional<DiskState>()> disk;
    IsHeld is_held;  ///< absent: nothing is
    /// Asked before each drop, which it forbids by an error. Absent: all are allowed.
    std::function<Status(const Drop& drop)> before;
    /// Told how each went. Absent: nobody is.
    std::function<void(const Drop& drop, const Status& outcome)> after;
  };

  Retention(RetentionLimits limits, Dependencies dependencies);

  /// Stops at the first partition that may not, or cannot, be dropped.
  [[nodiscard]] Result<RetentionReport> apply(Timestamp now);

 private:
  RetentionLimits limits_;
  Dependencies dependencies_;
};

}  // namespace noroshi
