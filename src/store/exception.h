#pragma once

#include <string_view>

#include "base/result.h"

namespace noroshi {

/// What a ClickHouse exception means for us. `text` is what the engine said: "Code: 241.
/// DB::Exception: Memory limit …" (since 21) or "Code: 241, e.displayText() = …" (before). The
/// message keeps the engine's first line without its stack or version.
///
/// - kUnavailable: it did nothing, and may later (disk full, memory limit, too many parts, away)
/// - kNotFound: no such table or database
/// - kInvalidArgument: it refuses this statement, and will again
/// - kUnclear: anything else
[[nodiscard]] Error error_of_exception(std::string_view text);

}  // namespace noroshi
