#include "decode/packet/packet_headers.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "decode/packet/framing.h"

namespace noroshi {
namespace {

// IANA "Assigned Internet Protocol Numbers".
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kIcmpNumber = 1;
constexpr std::uint8_t kTcpNumber = 6;
constexpr std::uint8_t kUdpNumber = 17;
constexpr std::uint8_t kDccpNumber = 33;
constexpr std::uint8_t kRoutingHeader = 43;
constexpr std::uint8_t kFragmentHeader = 44;
constexpr std::uint8_t kAuthenticationHeader = 51;
constexpr std::uint8_t kIcmpV6Number = 58;
constexpr std::uint8_t kNoNextHeader = 59;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint8_t kSctpNumber = 132;
constexpr std::uint8_t kUdpLiteNumber = 136;

constexpr std::size_t kIpv6HeaderLength = 40;
/// RFC 8200 §4.1 has each header once and destination options twice.
constexpr int kMostExtensionHeaders = 8;

/// An IP header read, and the bytes behind it that are the packet's: without Ethernet padding.
struct Network {
  PacketHeaders headers;
  std::size_t layer4_offset = 0;  ///< from the packet's start
  std::span<const std::byte> layer4;
};

std::span<const std::byte> first_of(std::span<const std::byte> bytes, std::size_t length) {
  return bytes.first(std::min(length, bytes.size()));
}

/// RFC 791 §3.1. Options are stepped over.
std::optional<Network> read_ipv4(std::span<const std::byte> packet) {
  ByteReader reader(packet);
  const auto version_and_length = reader.read_u8();
  reader.skip(1);
  const std::uint16_t total_length = reader.read_u16();
  const auto identification = reader.read_u16();
  const auto fragment = reader.read_u16();
  Network result;
  auto& headers = result.headers;
  headers.ttl = reader.read_u8();
  headers.protocol = reader.read_u8();
  reader.skip(2);
  const auto source = reader.read_u32();
  const auto destination = reader.read_u32();
  const std::size_t header_length = static_cast<std::size_t>(version_and_length & 0x0f) * 4;
  if (!reader.ok() || header_length < 20) return std::nullopt;
  // A sender that leaves segmentation to its network card shows 0 to a capture on that host.
  const std::size_t length = total_length != 0 ? total_length : packet.size();
  if (length < header_length) return std::nullopt;

  headers.source_address = IpAddress::from_v4(source);
  headers.destination_address = IpAddress::from_v4(destination);
  headers.ip_length = static_cast<std::uint32_t>(length);
  headers.ip_length_unstated = total_length == 0;
  headers.fragment_offset = (fragment & 0x1fffu) * 8;
  headers.is_later_fragment = headers.fragment_offset != 0;
  headers.is_fragment = headers.is_later_fragment || (fragment & 0x2000) != 0;
  if (headers.is_fragment) headers.fragment_id = identification;
  const auto captured = first_of(packet, length);
  result.layer4_offset = std::min(header_length, captured.size());
  result.layer4 = captured.subspan(result.layer4_offset);
  return result;
}

/// RFC 8200 §4: steps over the extension headers that `headers.protocol` begins with, and leaves
/// there what the last one read names. Returns their length.
std::size_t skip_extension_headers(std::span<const std::byte> bytes, PacketHeaders& headers) {
  std::size_t offset = 0;
  for (int count = 0; count < kMostExtensionHeaders && !headers.is_later_fragment; ++count) {
    ByteReader reader(bytes.subspan(offset));
    const auto next = reader.read_u8();
    const std::size_t length = reader.read_u8();
    switch (headers.protocol) {
      case kHopByHop:
      case kRoutingHeader:
      case kDestinationOptions:
        reader.skip(length * 8 + 6);
        break;
      case kAuthenticationHeader:  // RFC 4302 §2.2: in words of four octets, less two
        reader.skip(length * 4 + 6);
        break;
      case kFragmentHeader: {
        const auto fragment = reader.read_u16();
        const auto identification = reader.read_u32();
        if (!reader.ok()) return offset;
        // Offset 0 and no more to come is an "atomic fragment" (RFC 6946): a whole packet.
        headers.fragment_offset = fragment & 0xfff8u;
        headers.is_later_fragment = headers.fragment_offset != 0;
        headers.is_fragment = headers.is_later_fragment || (fragment & 1) != 0;
        if (headers.is_fragment) headers.fragment_id = identification;
        break;
      }
      default:
        return offset;
    }
    if (!reader.ok()) return offset;
    headers.protocol = next;
    offset += reader.position();
  }
  return offset;
}

/// RFC 8200 §3.
std::optional<Network> read_ipv6(std::span<const std::byte> packet) {
  ByteReader reader(packet);
  reader.skip(4);
  const std::size_t payload_length = reader.read_u16();
  Network result;
  auto& headers = result.headers;
  headers.protocol = reader.read_u8();
  headers.ttl = reader.read_u8();
  const auto source = reader.read_bytes(16);
  const auto destination = reader.read_bytes(16);
  if (!reader.ok()) return std::nullopt;
  headers.source_address = IpAddress::from_bytes(source.first<16>());
  headers.destination_address = IpAddress::from_bytes(destination.first<16>());

  // 0 is a jumbogram (RFC 2675) or segmentation left to the network card, unless nothing follows.
  const bool measured = payload_length != 0 || headers.protocol == kNoNextHeader;
  const auto length = measured ? payload_length + kIpv6HeaderLength : packet.size();
  headers.ip_length = static_cast<std::uint32_t>(length);
  headers.ip_length_unstated = !measured;
  const auto behind = first_of(packet, length).subspan(kIpv6HeaderLength);
  const auto extensions = skip_extension_headers(behind, headers);
  result.layer4_offset = kIpv6HeaderLength + extensions;
  result.layer4 = behind.subspan(extensions);
  return result;
}

/// Ports, flags, type and code. Those that were captured are kept even where the header is cut
/// short; has_layer4 says that all were.
void read_layer4(Network& network, std::size_t ip_offset) {
  auto& headers = network.headers;
  // Bounded framing and extension headers keep offsets far below 64 KiB.
  headers.ip_end_offset = static_cast<std::uint32_t>(ip_offset) + headers.ip_length;
  headers.layer4_offset = static_cast<std::uint16_t>(ip_offset + network.layer4_offset);
  if (headers.is_later_fragment) return;
  ByteReader reader(network.layer4);
  std::size_t length = 0;
  switch (headers.protocol) {
    case kTcpNumber:
    case kDccpNumber:
    case kUdpNumber:
    case kUdpLiteNumber:
    case kSctpNumber: {
      const auto source = reader.read_u16();
      const auto destination = reader.read_u16();
      if (!reader.ok()) return;
      headers.source_port = source;
      headers.destination_port = destination;
      length = headers.protocol == kSctpNumber ? 12 : 8;
      if (headers.protocol == kDccpNumber) {  // RFC 4340 §5.1
        length = static_cast<std::size_t>(reader.read_u8()) * 4;
      } else if (headers.protocol == kTcpNumber) {  // RFC 9293 §3.1
        reader.skip(8);
        length = static_cast<std::size_t>(reader.read_u8() >> 4) * 4;
        headers.tcp_flags = reader.read_u8();
      }
      break;
    }
    case kIcmpNumber:
    case kIcmpV6Number: {
      const auto type = reader.read_u8();
      const auto code = reader.read_u8();
      if (!reader.ok()) return;
      headers.icmp_type = type;
      headers.icmp_code = code;
      length = 8;
      break;
    }
    default:
      return;
  }
  if (!reader.ok()) return;
  headers.has_layer4 = true;
  // A header length that lies still ends inside the packet.
  length = std::clamp(length, reader.position(), network.layer4.size());
  headers.layer4_payload_offset = static_cast<std::uint16_t>(headers.layer4_offset + length);
}

}  // namespace

std::optional<PacketHeaders> read_packet_headers(LinkType link, std::span<const std::byte> packet) {
  const auto framing = read_framing(link, packet);
  if (!framing) return std::nullopt;
  const auto bytes = packet.subspan(framing->ip_offset);
  auto network = framing->ip_version == 4 ? read_ipv4(bytes) : read_ipv6(bytes);
  if (!network) return std::nullopt;
  network->headers.vlan = framing->vlan;
  read_layer4(*network, framing->ip_offset);
  return network->headers;
}

}  // namespace noroshi
