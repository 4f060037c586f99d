#pragma once

#include <cstdint>

#include "net/ip_address.h"

namespace noroshi {

/// What the registries set an address aside for (IANA IPv4 and IPv6 Special-Purpose Address
/// Registries; RFC 1918, 4193, 4291, 6598, 3927, 5771).
enum class AddressKind : std::uint8_t {
  kGlobal,
  kPrivate,      ///< RFC 1918, unique local, carrier-grade NAT (RFC 6598)
  kLinkLocal,    ///< 169.254/16, fe80::/10
  kMulticast,    ///< 224/4, ff00::/8
  kBroadcast,    ///< 255.255.255.255
  kLoopback,     ///< 127/8, ::1
  kUnspecified,  ///< 0/8, ::
  kReserved,     ///< 240/4
};

[[nodiscard]] AddressKind kind_of(const IpAddress& address);

/// Can a server that somebody outside runs have this address?
[[nodiscard]] constexpr bool can_serve(AddressKind kind) {
  return kind == AddressKind::kGlobal || kind == AddressKind::kPrivate;
}

}  // namespace noroshi
