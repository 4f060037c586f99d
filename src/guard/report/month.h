#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace noroshi {

/// A month of the calendar, as long as it lasts in one offset from UTC.
struct ReportMonth {
  std::chrono::year_month month{};
  std::chrono::minutes utc_offset{0};

  /// "2026-11".
  [[nodiscard]] static Result<ReportMonth> parse(std::string_view text,
                                                 std::chrono::minutes utc_offset);
  /// The one that a moment lies in.
  [[nodiscard]] static ReportMonth of(Timestamp moment, std::chrono::minutes utc_offset);

  [[nodiscard]] Timestamp from() const;
  [[nodiscard]] Timestamp to() const;  ///< exclusive
  [[nodiscard]] bool contains(Timestamp moment) const { return from() <= moment && moment < to(); }
  [[nodiscard]] std::string to_string() const;
};

/// "2026-11-22 21:00:05", "2026-11-22": as clocks and calendars have it in that offset.
[[nodiscard]] std::string local_time(Timestamp moment, std::chrono::minutes utc_offset);
[[nodiscard]] std::string local_day(Timestamp moment, std::chrono::minutes utc_offset);
/// "UTC+09:00", "UTC".
[[nodiscard]] std::string offset_in_words(std::chrono::minutes utc_offset);

}  // namespace noroshi
