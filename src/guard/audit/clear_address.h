#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/prefix.h"

namespace noroshi {

/// The first word of `text` that is an address in clear, or a prefix, inside one of the subscriber
/// ranges; pseudonyms (`~`) are none. A prefix that equals or contains a range names nobody.
///
/// An IPv4 subscriber's address inside an IPv6 one (NAT64, 6to4 and their like) is found too. Made
/// for texts that people wrote: addresses with ports ("192.0.2.1:80", "[2001:db8::1]:80") and in
/// the middle of a sentence are found, those written as words or numbers are not.
[[nodiscard]] std::optional<std::string> find_clear_address(std::string_view text,
                                                            const std::vector<Prefix>& subscribers);

}  // namespace noroshi
