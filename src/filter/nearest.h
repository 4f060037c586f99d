#pragma once

#include <span>
#include <string>
#include <string_view>

namespace noroshi {

/// "; did you mean 'proto' or 'port'?" for the candidates that a slip of the fingers turns into
/// `word` (at most three, the nearest first), or nothing. Case is ignored.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> candidates);

}  // namespace noroshi
