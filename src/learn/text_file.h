#pragma once

#include <string>

#include "base/result.h"

namespace noroshi {

/// A whole file of text: a truth, a scenario. kLimit above kLongestText octets.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path);
inline constexpr std::uint64_t kLongestText = 1ULL << 30;

}  // namespace noroshi
