#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "decode/packet/packet_headers.h"

namespace noroshi {

/// Where a packet's IP header begins and what its framing said.
struct Framing {
  std::size_t ip_offset = 0;    ///< the byte there exists and its version nibble is `ip_version`
  std::uint8_t ip_version = 0;  ///< 4 or 6
  std::uint16_t vlan = 0;       ///< of the outermost 802.1Q tag, 0 if untagged
};

/// Walks the layers below IP: Ethernet II and 802.3 with SNAP, 802.1Q and 802.1ad tags, MPLS
/// (RFC 3032) with IP or Ethernet (RFC 4448) behind the labels, PPP, PPPoE (RFC 2516), Cisco HDLC,
/// BSD loopback, Linux cooked, raw IP. nullopt when the packet is not IP or ends before it. Nothing
/// is trusted; the number of layers is bounded.
[[nodiscard]] std::optional<Framing> read_framing(LinkType link, std::span<const std::byte> packet);

}  // namespace noroshi
