#include "encode/pcap.h"

#include "base/byte_writer.h"
#include "base/check.h"
#include "encode/packet_header.h"

namespace noroshi {
namespace {

constexpr std::uint32_t kMagicMicroseconds = 0xa1b2'c3d4;
constexpr std::uint32_t kSnapshotLength = 262'144;
constexpr std::uint32_t kLinkTypeEthernet = 1;
constexpr std::size_t kEthernetLength = 14;
constexpr std::size_t kIpv4Length = 20;
constexpr std::size_t kUdpLength = 8;
constexpr std::size_t kRecordHeaderLength = 16;

std::uint32_t sum_of(std::uint32_t address) { return (address >> 16) + (address & 0xffff); }

}  // namespace

std::vector<std::byte> PcapEncoder::file_header() {
  ByteWriter header;
  header.write_u32_le(kMagicMicroseconds);
  header.write_u16_le(2);
  header.write_u16_le(4);
  header.write_zeros(8);  // reserved
  header.write_u32_le(kSnapshotLength);
  header.write_u32_le(kLinkTypeEthernet);
  return header.take();
}

std::vector<std::byte> PcapEncoder::packet(const Route& route, Microseconds time,
                                           std::span<const std::byte> payload) {
  CHECK(payload.size() <= kLargestPayload);
  CHECK(route.source.is_v4() && route.destination.is_v4());
  const auto udp_length = kUdpLength + payload.size();
  const auto frame_length = kEthernetLength + kIpv4Length + udp_length;
  const auto second = std::chrono::floor<std::chrono::seconds>(time);

  ByteWriter record;
  record.write_u32_le(static_cast<std::uint32_t>(second.time_since_epoch().count()));
  record.write_u32_le(static_cast<std::uint32_t>((time - second).count()));
  record.write_u32_le(static_cast<std::uint32_t>(frame_length));
  record.write_u32_le(static_cast<std::uint32_t>(frame_length));

  record.write_u32(0x0200'0000);  // destination and source: locally administered
  record.write_u32(0x0002'0200);
  record.write_u32(0x0000'0001);
  record.write_u16(0x0800);

  record.write_u16(0x4500);
  record.write_u16(static_cast<std::uint16_t>(kIpv4Length + udp_length));
  record.write_u16(identification_++);
  record.write_u16(0);
  record.write_u8(64);
  record.write_u8(kUdp.value);
  record.write_u16(0);
  record.write_u32(route.source.v4());
  record.write_u32(route.destination.v4());
  constexpr auto kIp = kRecordHeaderLength + kEthernetLength;
  record.patch_u16(kIp + 10, internet_checksum(record.bytes().subspan(kIp, kIpv4Length)));

  record.write_u16(route.source_port.value);
  record.write_u16(route.destination_port.value);
  record.write_u16(static_cast<std::uint16_t>(udp_length));
  record.write_u16(0);
  record.write_bytes(payload);
  constexpr auto kUdpStart = kIp + kIpv4Length;
  const auto pseudo_header = sum_of(route.source.v4()) + sum_of(route.destination.v4()) +
                             kUdp.value + static_cast<std::uint32_t>(udp_length);
  const auto checksum = internet_checksum(record.bytes().subspan(kUdpStart), pseudo_header);
  // Zero would say "no checksum" (RFC 768).
  record.patch_u16(kUdpStart + 6, checksum == 0 ? 0xffff : checksum);
  return record.take();
}

}  // namespace noroshi
