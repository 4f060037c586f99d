#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_writer.h"
#include "encode/one_way.h"

namespace noroshi {

/// The Internet checksum (RFC 1071) of an even or odd number of octets, folded and complemented.
/// `sum` is what a pseudo-header contributes.
[[nodiscard]] std::uint16_t internet_checksum(std::span<const std::byte> bytes,
                                              std::uint32_t sum = 0);

/// Octets of the headers that write_packet_headers makes for this record, from the Ethernet header
/// to layer 4.
struct PacketHeaderLengths {
  std::size_t ethernet = 0;
  std::size_t ip = 0;  ///< IP and layer 4: the shortest packet that these headers allow
};
[[nodiscard]] PacketHeaderLengths packet_header_lengths(const OneWay& record);

/// Writes Ethernet, IP and layer 4 headers of one packet of `ip_length` octets (from the IP header
/// on). No payload follows; layer 4 checksums are zero. `ip_length` is at least the headers and at
/// most 65,535.
void write_packet_headers(ByteWriter& target, const OneWay& record, std::size_t ip_length);

}  // namespace noroshi
