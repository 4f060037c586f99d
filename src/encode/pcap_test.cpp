#include "encode/pcap.h"

#include <gtest/gtest.h>

#include <array>

#include "encode/packet_header.h"
#include "encode/rows_for_test.h"

namespace noroshi {
namespace {

const PcapEncoder::Route kRoute{.source = *IpAddress::parse("192.0.2.1"),
                                .source_port = Port{50'000},
                                .destination = *IpAddress::parse("192.0.2.2"),
                                .destination_port = Port{2055}};

TEST(PcapEncoder, WritesTheFileHeader) {
  EXPECT_EQ(hex_for_test(PcapEncoder::file_header()),
            "d4c3b2a1"
            "0200"
            "0400"
            "00000000"
            "00000000"
            "00000400"
            "01000000");
}

TEST(PcapEncoder, WrapsAPayloadWithLengthsAndChecksumsThatAreRight) {
  PcapEncoder encoder;
  const std::array payload{std::byte{0xde}, std::byte{0xad}, std::byte{0x01}};
  const auto packet = encoder.packet(
      kRoute, PcapEncoder::Microseconds(std::chrono::microseconds(5'000'007)), payload);
  EXPECT_EQ(hex_for_test(std::span(packet).first(16)),
            "05000000"
            "07000000"
            "2d000000"
            "2d000000");
  ASSERT_EQ(packet.size(), 16u + 14 + 20 + 8 + 3);
  const auto ip = std::span(packet).subspan(30, 20);
  EXPECT_EQ(internet_checksum(ip), 0);  // a header with its own checksum sums to nothing
  EXPECT_EQ(hex_for_test(ip.first(4)), "4500001f");
  const auto udp = std::span(packet).subspan(50);
  EXPECT_EQ(hex_for_test(udp.first(6)),
            "c350"
            "0807"
            "000b");
  const std::uint32_t pseudo_header = 0xc000 + 0x0201 + 0xc000 + 0x0202 + 17 + 11;
  EXPECT_EQ(internet_checksum(udp, pseudo_header), 0);
  EXPECT_EQ(hex_for_test(udp.subspan(8)), "dead01");
}

TEST(PcapEncoder, NeverWritesAZeroChecksumWhichWouldMeanNone) {
  PcapEncoder encoder;
  // One of all 16-bit payloads makes the sum 0xffff, hence the checksum zero.
  int all_ones = 0;
  for (std::uint32_t value = 0; value < 65'536; ++value) {
    const std::array payload{static_cast<std::byte>(value >> 8),
                             static_cast<std::byte>(value & 255)};
    const auto packet = encoder.packet(kRoute, {}, payload);
    const auto checksum = load_big_endian<std::uint16_t>(&packet[56]);
    ASSERT_NE(checksum, 0);
    if (checksum == 0xffff) ++all_ones;
  }
  EXPECT_EQ(all_ones, 1);
}

TEST(InternetChecksum, MatchesTheExampleOfRfc1071) {
  const std::array bytes{std::byte{0x00}, std::byte{0x01}, std::byte{0xf2}, std::byte{0x03},
                         std::byte{0xf4}, std::byte{0xf5}, std::byte{0xf6}, std::byte{0xf7}};
  EXPECT_EQ(internet_checksum(bytes), static_cast<std::uint16_t>(~0xddf2));
}

}  // namespace
}  // namespace noroshi
