#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace noroshi {

/// A moment as filters write it, in ms since 1970 UTC:
///
/// - now, now-2h, now+30s, -2h: from `now`; units s, m, h, d, w, the largest first ("1d12h")
/// - 2026-11-22, 2026-11-22T09:00, with seconds, a fraction (cut to ms) and an offset: "Z" or
///   "+09:00" (RFC 3339); without an offset, UTC
/// - 2026/11/22.09:00:00, as nfdump writes it
///
/// nullopt for anything else and for moments before 1970 or after 9999.
[[nodiscard]] std::optional<std::uint64_t> parse_filter_moment(std::string_view text,
                                                               Timestamp now);

}  // namespace noroshi
