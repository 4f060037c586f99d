#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "store/partition.h"
#include "store/retention.h"

namespace noroshi {

/// Some partitions together.
struct StoredAmount {
  std::uint64_t partitions = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;

  void add(const Partition& partition) {
    ++partitions;
    rows += partition.rows;
    bytes += partition.bytes;
  }
  friend bool operator==(const StoredAmount&, const StoredAmount&) = default;
};

/// How far a forecast looks ahead.
inline constexpr std::array<std::chrono::hours, 3> kForecastHorizons = {
    std::chrono::hours(24), std::chrono::hours(7 * 24), std::chrono::hours(30 * 24)};

struct TableForecast {
  std::string table;
  std::uint64_t hours_kept = 0;  ///< after they have ended; 0: no limit
  StoredAmount stored;
  std::uint64_t oldest = 0;  ///< hours since 1970: what is stored is within [oldest, newest)
  std::uint64_t newest = 0;
  /// Of what is stored now, what will be gone after each of kForecastHorizons: each includes the
  /// one before.
  std::array<StoredAmount, kForecastHorizons.size()> going;
  std::optional<Timestamp> next;  ///< when the next partition goes because of its age
  StoredAmount held;              ///< kept by open cases, whatever its age
  StoredAmount overdue;           ///< of that, what would be gone by now
};

struct RetentionForecast {
  std::vector<TableForecast> tables;  ///< by name
  std::uint64_t bytes = 0;            ///< of all
  std::uint64_t most_bytes = 0;       ///< that all may take; 0: no limit
  std::uint64_t least_free = 0;
  std::optional<DiskState> disk;
  /// Partitions that go at the next pass for want of room.
  StoredAmount for_room;
};

/// What plan_drops() will say of the partitions there are, as time goes on. What arrives meanwhile
/// is not known: where room is short, more goes, and earlier.
[[nodiscard]] RetentionForecast forecast_retention(const std::vector<Partition>& partitions,
                                                   const RetentionLimits& limits,
                                                   const std::optional<DiskState>& disk,
                                                   Timestamp now, const IsHeld& is_held = {});

}  // namespace noroshi
