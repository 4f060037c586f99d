#include "decode/packet/packet_headers.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "base/byte_writer.h"

namespace noroshi {
namespace {

using Bytes = std::vector<std::byte>;

void append(ByteWriter& writer, const Bytes& bytes) { writer.write_bytes(bytes); }

Bytes tcp(std::uint8_t flags = 0x12) {
  ByteWriter writer;
  writer.write_u16(40'000);
  writer.write_u16(443);
  writer.write_u32(1);
  writer.write_u32(2);
  writer.write_u8(0x50);
  writer.write_u8(flags);
  writer.write_u16(1024);
  writer.write_u32(0);
  return writer.take();
}

Bytes udp(std::uint16_t payload = 4) {
  ByteWriter writer;
  writer.write_u16(5353);
  writer.write_u16(53);
  writer.write_u16(static_cast<std::uint16_t>(8 + payload));
  writer.write_u16(0);
  writer.write_zeros(payload);
  return writer.take();
}

/// 192.0.2.1 → 198.51.100.2.
Bytes ipv4(std::uint8_t protocol, const Bytes& payload, std::uint16_t fragment = 0,
           std::size_t options = 0) {
  ByteWriter writer;
  writer.write_u8(static_cast<std::uint8_t>(0x45 + options));
  writer.write_u8(0);
  writer.write_u16(static_cast<std::uint16_t>(20 + options * 4 + payload.size()));
  writer.write_u16(0x1234);
  writer.write_u16(fragment);
  writer.write_u8(63);
  writer.write_u8(protocol);
  writer.write_u16(0);
  writer.write_u32(0xc0000201);
  writer.write_u32(0xc6336402);
  writer.write_zeros(options * 4);
  append(writer, payload);
  return writer.take();
}

/// 2001:db8::1 → 2001:db8::2.
Bytes ipv6(std::uint8_t next_header, const Bytes& payload) {
  ByteWriter writer;
  writer.write_u32(0x60000000);
  writer.write_u16(static_cast<std::uint16_t>(payload.size()));
  writer.write_u8(next_header);
  writer.write_u8(62);
  for (const auto host : std::initializer_list<std::uint64_t>{1, 2}) {
    writer.write_u64(0x20010db800000000);
    writer.write_u64(host);
  }
  append(writer, payload);
  return writer.take();
}

/// Two MAC addresses, then whatever `types` and `payload` hold.
Bytes ethernet(std::initializer_list<std::uint16_t> types, const Bytes& payload) {
  ByteWriter writer;
  writer.write_zeros(12);
  for (const auto type : types) writer.write_u16(type);
  append(writer, payload);
  return writer.take();
}

Bytes joined(std::initializer_list<std::uint16_t> words, const Bytes& payload) {
  ByteWriter writer;
  for (const auto word : words) writer.write_u16(word);
  append(writer, payload);
  return writer.take();
}

void expect_tcp(LinkType link, const Bytes& packet) {
  const auto headers = read_packet_headers(link, packet);
  ASSERT_TRUE(headers.has_value());
  EXPECT_EQ(headers->protocol, 6);
  EXPECT_EQ(headers->source_port, 40'000);
  EXPECT_EQ(headers->destination_port, 443);
  EXPECT_EQ(headers->tcp_flags, 0x12);
  EXPECT_TRUE(headers->has_layer4);
  EXPECT_EQ(headers->layer4_payload_offset, packet.size());
}

TEST(PacketHeaders, ReadsTcpOverIpv4InEthernet) {
  const auto packet = ethernet({0x0800}, ipv4(6, tcp()));
  expect_tcp(LinkType::kEthernet, packet);
  const auto headers = *read_packet_headers(LinkType::kEthernet, packet);
  EXPECT_EQ(headers.source_address.to_string(), "192.0.2.1");
  EXPECT_EQ(headers.destination_address.to_string(), "198.51.100.2");
  EXPECT_EQ(headers.ip_length, 40u);
  EXPECT_EQ(headers.ttl, 63);
  EXPECT_EQ(headers.vlan, 0);
  EXPECT_FALSE(headers.is_fragment);
}

TEST(PacketHeaders, ReadsTcpOverIpv6) {
  const auto packet = ethernet({0x86dd}, ipv6(6, tcp()));
  expect_tcp(LinkType::kEthernet, packet);
  const auto headers = *read_packet_headers(LinkType::kEthernet, packet);
  EXPECT_EQ(headers.source_address.to_string(), "2001:db8::1");
  EXPECT_EQ(headers.destination_address.to_string(), "2001:db8::2");
  EXPECT_EQ(headers.ip_length, 60u);
  EXPECT_EQ(headers.ttl, 62);
}

TEST(PacketHeaders, ReadsEveryFraming) {
  const auto four = ipv4(6, tcp());
  const auto six = ipv6(6, tcp());
  expect_tcp(LinkType::kEthernet,
             ethernet({48, 0xaaaa, 0x0300, 0x0000, 0x0800}, four));  // 802.3 with SNAP
  expect_tcp(LinkType::kEthernet, ethernet({0x8864}, joined({0x1100, 1, 42, 0x0021}, four)));
  expect_tcp(LinkType::kEthernet, ethernet({0x8864}, joined({0x1100, 1, 62, 0x0057}, six)));
  expect_tcp(LinkType::kPppEthernet, joined({0x1100, 1, 42, 0x0021}, four));
  expect_tcp(LinkType::kPpp, joined({0xff03, 0x0021}, four));
  expect_tcp(LinkType::kPpp, joined({0x0057}, six));
  expect_tcp(LinkType::kPpp, joined({0x0f00, 0x0800}, four));  // Cisco HDLC under PPP's name
  expect_tcp(LinkType::kPppSerial, joined({0xff03, 0x0281, 0x0001, 0x21ff}, four));  // MPLS
  expect_tcp(LinkType::kCiscoHdlc, joined({0x0f00, 0x86dd}, six));
  expect_tcp(LinkType::kLinuxCooked, joined({0, 1, 6, 0, 0, 0, 0, 0x0800}, four));
  expect_tcp(LinkType::kLinuxCooked2, joined({0x86dd, 0, 0, 1, 1, 6, 0, 0, 0, 0}, six));
  for (const auto raw : {LinkType::kRawIp, LinkType::kRawIpBsd, LinkType::kRawIpOpenBsd}) {
    expect_tcp(raw, four);
    expect_tcp(raw, six);
  }
  expect_tcp(LinkType::kIpv4, four);
  expect_tcp(LinkType::kIpv6, six);
  expect_tcp(LinkType::kMpls, joined({0x0001, 0x21ff}, six));
  EXPECT_FALSE(read_packet_headers(LinkType::kIpv4, six).has_value());
}

TEST(PacketHeaders, ReadsALoopbackFamilyInEitherByteOrder) {
  const auto four = ipv4(6, tcp());
  const auto six = ipv6(6, tcp());
  for (const auto link : {LinkType::kNull, LinkType::kLoopback}) {
    expect_tcp(link, joined({0, 2}, four));
    expect_tcp(link, joined({0x0200, 0}, four));
    for (const auto family : std::initializer_list<std::uint16_t>{10, 24, 28, 30}) {
      expect_tcp(link, joined({0, family}, six));
      expect_tcp(link, joined({static_cast<std::uint16_t>(family << 8), 0}, six));
    }
    EXPECT_FALSE(read_packet_headers(link, joined({0, 7}, four)).has_value());
  }
}

TEST(PacketHeaders, ReadsThroughPerPacketInformation) {
  ByteWriter writer;
  writer.write_u16(0);
  writer.write_u16_le(12);
  writer.write_u32_le(1);
  writer.write_zeros(4);
  append(writer, ethernet({0x0800}, ipv4(6, tcp())));
  expect_tcp(LinkType::kPerPacketInformation, writer.take());
}

TEST(PacketHeaders, KeepsTheOutermostOfStackedVlanTags) {
  for (const auto outer : std::initializer_list<std::uint16_t>{0x8100, 0x88a8, 0x9100}) {
    const auto packet = ethernet({outer, 0x6064, 0x8100, 0x00c8, 0x0800}, ipv4(6, tcp()));
    expect_tcp(LinkType::kEthernet, packet);
    EXPECT_EQ(read_packet_headers(LinkType::kEthernet, packet)->vlan, 100);
  }
}

TEST(PacketHeaders, ReadsIpBehindMplsLabelsByItsVersionNibble) {
  expect_tcp(LinkType::kEthernet,
             ethernet({0x8847, 0x0001, 0x20ff, 0x0001, 0x01ff}, ipv4(6, tcp())));
  expect_tcp(LinkType::kEthernet, ethernet({0x8847, 0x0000, 0x21ff}, ipv6(6, tcp())));
}

TEST(PacketHeaders, ReadsTheFrameOfAPseudowireWithAndWithoutControlWord) {
  const auto frame = ethernet({0x8100, 0x0007, 0x0800}, ipv4(6, tcp()));
  const auto with = ethernet({0x8847, 0x0001, 0x11ff, 0x0000, 0x0001}, frame);
  expect_tcp(LinkType::kEthernet, with);
  EXPECT_EQ(read_packet_headers(LinkType::kEthernet, with)->vlan, 7);
  expect_tcp(LinkType::kEthernet, ethernet({0x8847, 0x0001, 0x11ff}, frame));
}

TEST(PacketHeaders, RefusesMplsThatCarriesNeitherIpNorAFrame) {
  EXPECT_FALSE(read_packet_headers(LinkType::kEthernet,
                                   ethernet({0x8847, 0x0006, 0x41ff, 0x1000, 0x0000}, {}))
                   .has_value());
}

TEST(PacketHeaders, BoundsLabelAndTagStacks) {
  ByteWriter labels;
  labels.write_zeros(12);
  labels.write_u16(0x8847);
  for (int i = 0; i < 5000; ++i) labels.write_u32(0x000010ff);
  EXPECT_FALSE(read_packet_headers(LinkType::kEthernet, labels.bytes()).has_value());
  ByteWriter tags;
  tags.write_zeros(12);
  for (int i = 0; i < 5000; ++i) tags.write_u32(0x81000001);
  EXPECT_FALSE(read_packet_headers(LinkType::kEthernet, tags.bytes()).has_value());
}

TEST(PacketHeaders, ReadsNoIpInArpOrAnUnknownLinkType) {
  EXPECT_FALSE(read_packet_headers(LinkType::kEthernet, ethernet({0x0806}, Bytes(28))).has_value());
  EXPECT_FALSE(read_packet_headers(static_cast<LinkType>(147), ipv4(6, tcp())).has_value());
}

TEST(PacketHeaders, StepsOverIpv4Options) {
  const auto packet = ipv4(17, udp(), 0, 3);
  const auto headers = *read_packet_headers(LinkType::kRawIp, packet);
  EXPECT_EQ(headers.source_port, 5353);
  EXPECT_EQ(headers.destination_port, 53);
  EXPECT_EQ(headers.layer4_payload_offset, 20 + 12 + 8);
}

TEST(PacketHeaders, TellsFirstFromLaterFragments) {
  const auto first = *read_packet_headers(LinkType::kRawIp, ipv4(17, udp(), 0x2000));
  EXPECT_TRUE(first.is_fragment);
  EXPECT_FALSE(first.is_later_fragment);
  EXPECT_EQ(first.fragment_id, 0x1234u);
  EXPECT_EQ(first.destination_port, 53);
  const auto later = *read_packet_headers(LinkType::kRawIp, ipv4(17, udp(), 0x0003));
  EXPECT_TRUE(later.is_fragment);
  EXPECT_TRUE(later.is_later_fragment);
  EXPECT_EQ(later.fragment_offset, 24u);
  EXPECT_EQ(later.layer4_offset, 20);
  EXPECT_FALSE(later.has_layer4);
  EXPECT_EQ(later.destination_port, 0);
  EXPECT_EQ(later.layer4_payload_offset, 0);
}

TEST(PacketHeaders, WalksIpv6ExtensionHeaders) {
  // hop-by-hop (8), routing (24), destination options (8), authentication (24), then TCP.
  ByteWriter writer;
  writer.write_u16(43 << 8 | 0);
  writer.write_zeros(6);
  writer.write_u16(60 << 8 | 2);
  writer.write_zeros(22);
  writer.write_u16(51 << 8 | 0);
  writer.write_zeros(6);
  writer.write_u16(6 << 8 | 4);
  writer.write_zeros(22);
  append(writer, tcp());
  expect_tcp(LinkType::kIpv6, ipv6(0, writer.take()));
}

TEST(PacketHeaders, ReadsIpv6FragmentHeaders) {
  const auto fragment = [](std::uint16_t offset_and_more) {
    ByteWriter writer;
    writer.write_u16(17 << 8);
    writer.write_u16(offset_and_more);
    writer.write_u32(0xcafe0001);
    append(writer, udp());
    return *read_packet_headers(LinkType::kIpv6, ipv6(44, writer.take()));
  };
  const auto first = fragment(0x0001);
  EXPECT_TRUE(first.is_fragment);
  EXPECT_EQ(first.fragment_id, 0xcafe0001u);
  EXPECT_EQ(first.protocol, 17);
  EXPECT_EQ(first.source_port, 5353);
  const auto later = fragment(0x0010);
  EXPECT_TRUE(later.is_later_fragment);
  EXPECT_EQ(later.fragment_offset, 16u);
  EXPECT_EQ(later.layer4_offset, 48);
  EXPECT_EQ(later.protocol, 17);
  EXPECT_FALSE(later.has_layer4);
  const auto atomic = fragment(0x0000);
  EXPECT_FALSE(atomic.is_fragment);
  EXPECT_TRUE(atomic.has_layer4);
}

TEST(PacketHeaders, BoundsExtensionHeaders) {
  ByteWriter writer;
  for (int i = 0; i < 1000; ++i) {
    writer.write_u16(60 << 8);
    writer.write_zeros(6);
  }
  const auto headers = *read_packet_headers(LinkType::kIpv6, ipv6(60, writer.take()));
  EXPECT_EQ(headers.protocol, 60);
  EXPECT_FALSE(headers.has_layer4);
}

TEST(PacketHeaders, ReadsPortsOfEveryProtocolThatHasThem) {
  for (const auto protocol : std::initializer_list<std::uint8_t>{17, 33, 132, 136}) {
    Bytes payload = udp(24);
    payload[8] = std::byte{4};  // DCCP's data offset
    const auto headers = *read_packet_headers(LinkType::kRawIp, ipv4(protocol, payload));
    EXPECT_EQ(headers.source_port, 5353) << int{protocol};
    EXPECT_EQ(headers.destination_port, 53) << int{protocol};
    EXPECT_TRUE(headers.has_layer4) << int{protocol};
  }
}

TEST(PacketHeaders, ReadsTypeAndCodeOfIcmp) {
  const Bytes payload{std::byte{3}, std::byte{1}, std::byte{}, std::byte{}};
  for (const auto& packet : {ipv4(1, payload), ipv6(58, payload)}) {
    const auto headers = *read_packet_headers(LinkType::kRawIp, packet);
    EXPECT_EQ(headers.icmp_type, 3);
    EXPECT_EQ(headers.icmp_code, 1);
    EXPECT_EQ(headers.source_port, 0);
  }
}

TEST(PacketHeaders, CountsATunnelAsItsOuterPacket) {
  const auto inner = ipv4(6, tcp());
  for (const auto protocol : std::initializer_list<std::uint8_t>{4, 41, 47}) {
    const auto headers = *read_packet_headers(LinkType::kRawIp, ipv4(protocol, inner));
    EXPECT_EQ(headers.protocol, protocol);
    EXPECT_EQ(headers.source_port, 0);
    EXPECT_FALSE(headers.has_layer4);
    EXPECT_EQ(headers.ip_length, 60u);
  }
}

TEST(PacketHeaders, UsesWhatATruncatedCaptureHolds) {
  auto packet = ipv4(6, tcp());
  packet.resize(24);
  const auto ports_only = *read_packet_headers(LinkType::kRawIp, packet);
  EXPECT_EQ(ports_only.destination_port, 443);
  EXPECT_EQ(ports_only.ip_length, 40u);
  EXPECT_FALSE(ports_only.has_layer4);
  packet.resize(20);
  EXPECT_EQ(read_packet_headers(LinkType::kRawIp, packet)->protocol, 6);
  packet.resize(19);
  EXPECT_FALSE(read_packet_headers(LinkType::kRawIp, packet).has_value());
}

TEST(PacketHeaders, TakesTheCapturedLengthWhereTheHeaderSaysZero) {
  auto packet = ipv4(6, tcp());
  packet[2] = packet[3] = std::byte{0};
  EXPECT_EQ(read_packet_headers(LinkType::kRawIp, packet)->ip_length, 40u);
  EXPECT_TRUE(read_packet_headers(LinkType::kRawIp, packet)->ip_length_unstated);
  auto six = ipv6(6, tcp());
  six[4] = six[5] = std::byte{0};
  EXPECT_EQ(read_packet_headers(LinkType::kRawIp, six)->ip_length, 60u);
  EXPECT_EQ(read_packet_headers(LinkType::kRawIp, ipv6(59, {}))->ip_length, 40u);
}

TEST(PacketHeaders, TakesNoPortsFromEthernetPadding) {
  auto packet = ethernet({0x0800}, ipv4(17, {}));
  packet.resize(60, std::byte{0xee});
  const auto headers = *read_packet_headers(LinkType::kEthernet, packet);
  EXPECT_EQ(headers.source_port, 0);
  EXPECT_FALSE(headers.has_layer4);
}

TEST(PacketHeaders, RefusesAHeaderLengthThatCannotBe) {
  auto packet = ipv4(6, tcp());
  packet[0] = std::byte{0x44};
  EXPECT_FALSE(read_packet_headers(LinkType::kRawIp, packet).has_value());
  packet[0] = std::byte{0x4f};  // 60 octets of header in a packet of 40
  EXPECT_FALSE(read_packet_headers(LinkType::kRawIp, packet).has_value());
}

// The packet is copied to a buffer of its exact size, so that the address sanitizer sees any read
// beyond it.
RC_GTEST_PROP(PacketHeaders, StaysInsideDamagedPackets, ()) {
  const auto payload = *rc::gen::element(tcp(), udp(40), Bytes(12), Bytes());
  const auto protocol = *rc::gen::element<std::uint8_t>(0, 1, 6, 17, 33, 43, 44, 51, 58, 60, 132);
  const auto packet = *rc::gen::element(ipv4(protocol, payload, 0, 2), ipv6(protocol, payload));
  const std::uint16_t type = (packet[0] >> 4) == std::byte{4} ? 0x0800 : 0x86dd;
  auto frame = *rc::gen::element(
      ethernet({0x8100, 5, type}, packet), ethernet({0x8847, 0, 0x10ff, 0, 0x11ff}, packet),
      ethernet({0x8847, 0, 0x11ff, 0, 0}, ethernet({type}, packet)),
      ethernet({0x8864}, joined({0x1100, 1, 9, 0x0021}, packet)), packet);
  const auto damages = *rc::gen::inRange(0, 6);
  for (int i = 0; i < damages; ++i)
    frame[*rc::gen::inRange<std::size_t>(0, frame.size())] =
        static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
  frame.resize(frame.size() - *rc::gen::inRange<std::size_t>(0, frame.size() + 1));
  frame.shrink_to_fit();
  const auto link = *rc::gen::element(
      LinkType::kEthernet, LinkType::kRawIp, LinkType::kNull, LinkType::kPpp,
      LinkType::kPppEthernet, LinkType::kCiscoHdlc, LinkType::kLinuxCooked, LinkType::kLinuxCooked2,
      LinkType::kIpv4, LinkType::kIpv6, LinkType::kPerPacketInformation);
  const auto headers = read_packet_headers(link, frame);
  if (!headers) return;
  RC_ASSERT(headers->layer4_payload_offset <= frame.size());
  RC_ASSERT(headers->ip_length >= 20u);
  if (headers->is_later_fragment) RC_ASSERT(!headers->has_layer4);
}

}  // namespace
}  // namespace noroshi
