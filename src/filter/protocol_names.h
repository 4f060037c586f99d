#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace noroshi {

/// The number of an IP protocol by its keyword in IANA's "Assigned Internet Protocol Numbers" or
/// one of the names net/endpoint.h gives; case is ignored, numbers are not names.
[[nodiscard]] std::optional<std::uint8_t> protocol_named(std::string_view name);
[[nodiscard]] std::vector<std::string_view> protocol_names();

}  // namespace noroshi
