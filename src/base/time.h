#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace noroshi {

/// A moment in UTC, to the millisecond. Columns hold the same as unsigned milliseconds since 1970;
/// zero there means that the moment is not known.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] constexpr Timestamp from_unix_milliseconds(std::uint64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

[[nodiscard]] constexpr std::uint64_t to_unix_milliseconds(Timestamp time) {
  const auto count = time.time_since_epoch().count();
  return count < 0 ? 0 : static_cast<std::uint64_t>(count);
}

/// "2026-11-22T00:00:00.123Z" (RFC 3339, always UTC, always milliseconds).
[[nodiscard]] std::string to_rfc3339(Timestamp time);

}  // namespace noroshi
