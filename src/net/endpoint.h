#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "net/ip_address.h"

namespace noroshi {

/// A transport port; for ICMP, which has none, zero.
struct Port {
  std::uint16_t value = 0;
  friend auto operator<=>(const Port&, const Port&) = default;
};

/// An IP protocol number (IANA "Assigned Internet Protocol Numbers").
struct Protocol {
  std::uint8_t value = 0;
  friend auto operator<=>(const Protocol&, const Protocol&) = default;
};
inline constexpr Protocol kIcmp{1};
inline constexpr Protocol kTcp{6};
inline constexpr Protocol kUdp{17};
inline constexpr Protocol kIcmpV6{58};
inline constexpr Protocol kSctp{132};

/// "tcp", "udp", "icmp", "icmp6", "sctp", "gre", "esp" …, else the number.
[[nodiscard]] std::string to_string(Protocol protocol);
/// The reverse of to_string; also accepts a number. Case is ignored.
[[nodiscard]] Result<Protocol> parse_protocol(std::string_view text);

/// Where a service listens.
struct Endpoint {
  IpAddress address;
  Port port;
  Protocol protocol;

  /// "192.0.2.1:23/tcp", "[2001:db8::1]:23/tcp".
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

}  // namespace noroshi

template <>
struct std::hash<noroshi::Endpoint> {
  std::size_t operator()(const noroshi::Endpoint& endpoint) const {
    return noroshi::mix(
        std::hash<noroshi::IpAddress>()(endpoint.address),
        static_cast<std::uint64_t>(endpoint.port.value) << 8 | endpoint.protocol.value);
  }
};
