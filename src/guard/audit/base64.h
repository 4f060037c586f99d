#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace noroshi {

/// RFC 4648 §4, with padding, on one line.
[[nodiscard]] std::string encode_base64(std::string_view octets);
/// Nothing unless `text` is exactly what encode_base64() writes.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace noroshi
