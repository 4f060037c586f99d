#pragma once

#include <cstdint>
#include <optional>

namespace noroshi {

/// The IPv4 address that an IPv6 address, in two halves, is another way of writing:
/// 64:ff9b::/96 and 64:ff9b:1::/48 (NAT64, RFC 6052 and 8215, in their last 32 bits), 2002::/16
/// (6to4, RFC 3056), 2001::/32 (Teredo, RFC 4380: the client's, inverted), ::ffff:0:a.b.c.d (RFC
/// 2765) and ::a.b.c.d (RFC 4291 §2.5.5.1).
[[nodiscard]] constexpr std::optional<std::uint32_t> embedded_v4(std::uint64_t high,
                                                                 std::uint64_t low) {
  const auto last = static_cast<std::uint32_t>(low);
  if (high >> 48 == 0x2002) return static_cast<std::uint32_t>(high >> 16);
  if (high >> 32 == 0x2001'0000) return ~last;
  if (high == 0x0064'ff9b'0000'0000 && low >> 32 == 0) return last;
  if (high >> 16 == 0x0064'ff9b'0001) return last;
  if (high == 0 && (low >> 32 == 0 || low >> 32 == 0xffff'0000)) return last;
  return std::nullopt;
}

}  // namespace noroshi
