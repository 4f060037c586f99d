#pragma once

#include <cstdint>

#include "decode/packet/packet_headers.h"
#include "net/endpoint.h"
#include "record/flow_table.h"

namespace noroshi {

// Packets as the meter's tests send them: one client (198.51.100.7) and one server (192.0.2.1).

inline const FlowKey::End kClient{.address = IpAddress::from_v4(0xc6336407), .port = 40'000};
inline const FlowKey::End kServer{.address = IpAddress::from_v4(0xc0000201), .port = 80};

inline PacketHeaders packet(Protocol protocol, const FlowKey::End& from, const FlowKey::End& to,
                            std::uint32_t ip_length) {
  PacketHeaders headers;
  headers.source_address = from.address;
  headers.destination_address = to.address;
  headers.source_port = from.port;
  headers.destination_port = to.port;
  headers.protocol = protocol.value;
  headers.has_layer4 = true;
  headers.ip_length = ip_length;
  return headers;
}

inline PacketHeaders tcp(const FlowKey::End& from, const FlowKey::End& to, std::uint8_t flags,
                         std::uint32_t ip_length = 40) {
  auto headers = packet(kTcp, from, to, ip_length);
  headers.tcp_flags = flags;
  return headers;
}

inline PacketHeaders udp(const FlowKey::End& from, const FlowKey::End& to,
                         std::uint32_t ip_length = 100) {
  return packet(kUdp, from, to, ip_length);
}

/// A fragment other than the first: it names the packet it belongs to, and has no ports.
inline PacketHeaders later_fragment(PacketHeaders first, std::uint32_t ip_length) {
  first.source_port = first.destination_port = 0;
  first.tcp_flags = 0;
  first.is_fragment = first.is_later_fragment = true;
  first.has_layer4 = false;
  first.ip_length = ip_length;
  return first;
}

}  // namespace noroshi
