#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "net/ip_address.h"

namespace noroshi {

/// What the first bytes of a captured packet are. Numbers are LINKTYPE_ values of capture files
/// where such exist; sFlow's header_protocol is translated to them.
enum class LinkType : std::uint32_t {
  kNull = 0,
  kEthernet = 1,
  kPpp = 9,        ///< PPP, with or without its HDLC address; Cisco HDLC where that says so
  kRawIpBsd = 12,  ///< DLT_RAW as the BSDs and Linux write it
  kRawIpOpenBsd = 14,
  kPppSerial = 50,
  kPppEthernet = 51,  ///< PPPoE, from its own header on
  kRawIp = 101,       ///< IPv4 or IPv6, told apart by the version nibble
  kCiscoHdlc = 104,
  kLoopback = 108,  ///< kNull with its family in network byte order
  kLinuxCooked = 113,
  kPerPacketInformation = 192,  ///< a header that names the link type behind it
  kMpls = 219,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxCooked2 = 276,
  // Further ones as the reader needs them; an unknown link type reads nothing.
};

/// What Noroshi takes from a packet: the headers of layers 2 to 4, and nothing behind them.
struct PacketHeaders {
  IpAddress source_address;
  IpAddress destination_address;
  std::uint16_t source_port = 0;  ///< 0 for protocols without ports and for later fragments
  std::uint16_t destination_port = 0;
  std::uint8_t protocol = 0;  ///< of the innermost header read, past IPv6 extensions
  std::uint8_t tcp_flags = 0;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint8_t ttl = 0;
  std::uint16_t vlan = 0;          ///< outermost 802.1Q identifier, 0 if untagged
  bool is_fragment = false;        ///< any fragment, the first included
  bool is_later_fragment = false;  ///< offset > 0: no layer 4 header, ports are 0
  bool has_layer4 = false;         ///< ports and flags were really read
  std::uint32_t fragment_id = 0;
  std::uint32_t fragment_offset = 0;  ///< octets behind the headers that every fragment repeats
  std::uint32_t ip_length = 0;        ///< octets from the IP header to the end, as the header says
  /// The header says 0 (segmentation left to the network card, jumbograms): ip_length is what was
  /// captured, and whoever knows how much was not adds that.
  bool ip_length_unstated = false;
  std::uint32_t ip_end_offset = 0;          ///< from the packet's start; may lie beyond the capture
  std::uint16_t layer4_offset = 0;          ///< from the packet's start: what is behind IP
  std::uint16_t layer4_payload_offset = 0;  ///< likewise; 0 unless has_layer4
};

/// Reads Ethernet (VLAN, QinQ, MPLS), cooked, PPP or raw framing, then IPv4 or IPv6 with its
/// extension headers, then TCP, UDP, SCTP, ICMP ports and flags — and no further: tunnels are
/// counted as their outer packet. `packet` may be cut short by the capture; what is there is used,
/// and nullopt means that no IP header could be read. Nothing in it is trusted.
[[nodiscard]] std::optional<PacketHeaders> read_packet_headers(LinkType link,
                                                               std::span<const std::byte> packet);

}  // namespace noroshi
