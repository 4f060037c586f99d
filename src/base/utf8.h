#pragma once

#include <cstddef>
#include <string_view>

namespace noroshi {

/// How many octets the UTF-8 character at the front has (RFC 3629 §4); 0 when there is none: what
/// is longer than need be, a surrogate, beyond the last character, or cut short.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace noroshi
