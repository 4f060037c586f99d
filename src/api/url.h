#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace noroshi {

/// "a%20b" → "a b"; a '%' that no two hexadecimal digits follow stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// The first value of `name` in "name=value&other=…", percent-decoded; nullopt when it is absent.
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace noroshi
