#pragma once

#include <string>
#include <string_view>

namespace noroshi {

/// What a device calls something, with every address in it replaced by "(address)": operators name
/// an access interface after its subscriber, "ppp-198.51.100.7", and nobody's address may stand in
/// what is kept or shown. IPv4 in four numbers between points, hyphens or underscores, and IPv6 as
/// RFC 4291 §2.2 writes it; numbers that only look like one go too.
[[nodiscard]] std::string without_addresses(std::string_view text);

}  // namespace noroshi
