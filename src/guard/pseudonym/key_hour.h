#pragma once

#include <cstdint>

namespace noroshi {

/// Whose hour decides which key a flow's addresses get: that of its end, under which history and
/// contacts keep it, so that no hour mixes keys. A flow that claims to have ended more than
/// kMostEarly after it arrived, or more than kMostLate before, comes from a clock that is wrong:
/// the hour of its arrival decides, or such clocks would keep every key in use for ever.
///
/// Both in ms since 1970; `received` 0 where it is not known. Returns hours since 1970.
[[nodiscard]] constexpr std::uint64_t key_hour(std::uint64_t last, std::uint64_t received) {
  constexpr std::uint64_t kHour = 3'600'000;
  constexpr std::uint64_t kMostEarly = 2 * kHour;
  constexpr std::uint64_t kMostLate = 26 * kHour;
  const bool plausible =
      received == 0 || (last <= received + kMostEarly && received <= last + kMostLate);
  return (plausible ? last : received) / kHour;
}

}  // namespace noroshi
