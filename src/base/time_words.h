#pragma once

#include <chrono>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace noroshi {

/// "90s", "30m", "2h", "1d", or several of them, the largest first: "1h30m". Whole and above zero.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

/// "2026-11-02T10:00:00Z", or with an offset: "2026-11-02T19:00:00+09:00" (RFC 3339). Fractions of
/// a second are refused; the year is 1970 to 2105, which is what export headers can say.
[[nodiscard]] Result<Timestamp> parse_moment(std::string_view text);

}  // namespace noroshi
