#include "encode/packet_header.h"

#include <array>

#include "base/check.h"
#include "net/endpoint.h"

namespace noroshi {
namespace {

constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr std::uint16_t kEtherTypeVlan = 0x8100;
constexpr std::size_t kIpv4Length = 20;
constexpr std::size_t kIpv6Length = 40;
constexpr std::size_t kTcpLength = 20;
constexpr std::uint8_t kHopLimit = 64;

std::size_t layer4_length(std::uint8_t protocol) {
  switch (protocol) {
    case kTcp.value:
      return kTcpLength;
    case kSctp.value:
      return 12;
    case kUdp.value:
    case kIcmp.value:
    case kIcmpV6.value:
      return 8;
    default:
      return 0;
  }
}

void write_layer4(ByteWriter& target, const OneWay& record, std::size_t length) {
  switch (record.protocol) {
    case kTcp.value:
      target.write_u16(record.source_port);
      target.write_u16(record.destination_port);
      target.write_zeros(8);  // sequence and acknowledgement numbers
      target.write_u8(kTcpLength / 4 << 4);
      target.write_u8(record.tcp_flags);
      target.write_u16(0xffff);  // window
      target.write_zeros(4);     // checksum, urgent pointer
      break;
    case kUdp.value:
      target.write_u16(record.source_port);
      target.write_u16(record.destination_port);
      target.write_u16(static_cast<std::uint16_t>(length));
      target.write_u16(0);
      break;
    case kSctp.value:
      target.write_u16(record.source_port);
      target.write_u16(record.destination_port);
      target.write_zeros(8);  // verification tag, checksum
      break;
    case kIcmp.value:
    case kIcmpV6.value:
      target.write_u8(record.icmp_type);
      target.write_u8(record.icmp_code);
      target.write_zeros(6);
      break;
    default:
      break;
  }
}

void write_ethernet(ByteWriter& target, const OneWay& record) {
  constexpr std::array<std::uint8_t, 12> kLocalAddresses = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
  for (const auto octet : kLocalAddresses) target.write_u8(octet);
  if (record.vlan != 0) {
    target.write_u16(kEtherTypeVlan);
    target.write_u16(record.vlan & 0x0fff);
  }
  target.write_u16(record.is_v4() ? kEtherTypeIpv4 : kEtherTypeIpv6);
}

void write_ipv4(ByteWriter& target, const OneWay& record, std::size_t ip_length) {
  ByteWriter header;
  header.write_u16(0x4500);
  header.write_u16(static_cast<std::uint16_t>(ip_length));
  header.write_zeros(4);  // identification, fragment
  header.write_u8(kHopLimit);
  header.write_u8(record.protocol);
  header.write_u16(0);
  header.write_u32(record.source_address.v4());
  header.write_u32(record.destination_address.v4());
  header.patch_u16(10, internet_checksum(header.bytes()));
  target.write_bytes(header.bytes());
}

void write_ipv6(ByteWriter& target, const OneWay& record, std::size_t ip_length) {
  target.write_u32(0x6000'0000);
  target.write_u16(static_cast<std::uint16_t>(ip_length - kIpv6Length));
  target.write_u8(record.protocol);
  target.write_u8(kHopLimit);
  target.write_bytes(record.source_address.bytes());
  target.write_bytes(record.destination_address.bytes());
}

}  // namespace

std::uint16_t internet_checksum(std::span<const std::byte> bytes, std::uint32_t sum) {
  std::uint64_t total = sum;
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) total += load_big_endian<std::uint16_t>(&bytes[at]);
  if (at < bytes.size()) total += std::to_integer<std::uint64_t>(bytes[at]) << 8;
  while (total >> 16 != 0) total = (total & 0xffff) + (total >> 16);
  return static_cast<std::uint16_t>(~total);
}

PacketHeaderLengths packet_header_lengths(const OneWay& record) {
  return {.ethernet = record.vlan != 0 ? 18u : 14u,
          .ip = (record.is_v4() ? kIpv4Length : kIpv6Length) + layer4_length(record.protocol)};
}

void write_packet_headers(ByteWriter& target, const OneWay& record, std::size_t ip_length) {
  CHECK(ip_length >= packet_header_lengths(record).ip && ip_length <= 0xffff);
  write_ethernet(target, record);
  if (record.is_v4())
    write_ipv4(target, record, ip_length);
  else
    write_ipv6(target, record, ip_length);
  write_layer4(target, record, ip_length - (record.is_v4() ? kIpv4Length : kIpv6Length));
}

}  // namespace noroshi
