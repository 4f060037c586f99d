#include "encode/sflow5.h"

#include <gtest/gtest.h>

#include "encode/rows_for_test.h"

namespace noroshi {
namespace {

const Timestamp kNow = from_unix_milliseconds(kNowForTest);

Sflow5Encoder encoder_for_test() {
  return Sflow5Encoder({.agent = *IpAddress::parse("203.0.113.244"),
                        .sub_agent_id = 3,
                        .source_interface = 4,
                        .booted = from_unix_milliseconds(kBootedForTest)});
}

TEST(Sflow5Encoder, WritesDatagramSampleAndRawHeaderFieldByField) {
  auto encoder = encoder_for_test();
  const auto datagrams = encoder.encode(batch_for_test({{.packets = 1, .bytes = 1'400}}), kNow);
  ASSERT_EQ(datagrams.size(), 1u);
  ByteReader reader(datagrams[0]);
  EXPECT_EQ(reader.read_u32(), 5u);
  EXPECT_EQ(reader.read_u32(), 1u);
  EXPECT_EQ(reader.read_u32(), 0xcb00'71f4u);
  EXPECT_EQ(reader.read_u32(), 3u);
  EXPECT_EQ(reader.read_u32(), 0u);
  EXPECT_EQ(reader.read_u32(), 3'600'000u);
  EXPECT_EQ(reader.read_u32(), 1u);

  EXPECT_EQ(reader.read_u32(), 1u);  // flow sample
  const auto sample_length = reader.read_u32();
  EXPECT_EQ(sample_length, reader.remaining());
  EXPECT_EQ(reader.read_u32(), 0u);
  EXPECT_EQ(reader.read_u32(), 4u);
  EXPECT_EQ(reader.read_u32(), 100u);
  EXPECT_EQ(reader.read_u32(), 100u);
  EXPECT_EQ(reader.read_u32(), 0u);
  EXPECT_EQ(reader.read_u32(), 10u);
  EXPECT_EQ(reader.read_u32(), 11u);
  EXPECT_EQ(reader.read_u32(), 1u);

  EXPECT_EQ(reader.read_u32(), 1u);  // raw packet header
  const auto record_length = reader.read_u32();
  EXPECT_EQ(record_length, reader.remaining());
  EXPECT_EQ(reader.read_u32(), 1u);  // Ethernet
  EXPECT_EQ(reader.read_u32(), 18u + 1'400u + 4u);
  EXPECT_EQ(reader.read_u32(), 4u);
  EXPECT_EQ(reader.read_u32(), 18u + 40u);
  EXPECT_EQ(hex_for_test(reader.read_bytes(58)),
            "020000000002"
            "020000000001"
            "8100002a"
            "0800"
            "45000578"
            "00000000"
            "4006"
            "8949"
            "c0000201"
            "c6336402"
            "c3cb01bb"
            "00000000"
            "00000000"
            "501bffff"
            "00000000");
  EXPECT_EQ(reader.remaining(), 2u);  // padding
  EXPECT_TRUE(reader.ok());
}

TEST(Sflow5Encoder, MakesOneSampleOfEachPacketAndKeepsTheirOctets) {
  auto encoder = encoder_for_test();
  const auto datagrams =
      encoder.encode(batch_for_test({{.packets = 100, .bytes = 123'457, .protocol = 17}}), kNow);
  EXPECT_EQ(encoder.statistics().records, 100u);
  EXPECT_EQ(encoder.statistics().datagrams, datagrams.size());
  std::uint64_t octets = 0;
  std::uint32_t sequence = 0;
  std::uint32_t samples = 0;
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    EXPECT_LE(datagrams[i].size(), kLargestDatagram);
    ByteReader reader(datagrams[i]);
    reader.skip(16);
    EXPECT_EQ(reader.read_u32(), i);
    reader.skip(4);
    for (auto left = reader.read_u32(); left > 0; --left) {
      EXPECT_EQ(reader.read_u32(), 1u);
      auto sample = reader.read_section(reader.read_u32());
      EXPECT_EQ(sample.read_u32(), sequence++);
      sample.skip(28 + 8 + 16 + 18 + 2);
      octets += sample.read_u16();
      ++samples;
    }
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE(reader.at_end());
  }
  EXPECT_EQ(samples, 100u);
  EXPECT_EQ(octets, 123'457u);
}

TEST(Sflow5Encoder, RaisesAPacketToItsHeadersAndAFrameToTheShortestFrame) {
  auto encoder = encoder_for_test();
  const auto datagrams = encoder.encode(batch_for_test({{.packets = 1, .bytes = 1}}), kNow);
  ByteReader reader(datagrams.at(0));
  reader.skip(28 + 8 + 32 + 8 + 4);
  EXPECT_EQ(reader.read_u32(), 64u);
}

TEST(Sflow5Encoder, BoundsTheSamplesOfOneRow) {
  auto encoder = encoder_for_test();
  (void)encoder.encode(batch_for_test({{.packets = 1ull << 40, .bytes = 1ull << 46}}), kNow);
  EXPECT_EQ(encoder.statistics().records, Sflow5Encoder::kMostSamplesPerRow);
  EXPECT_EQ(encoder.statistics().saturated, 1u);
}

TEST(Sflow5Encoder, SynthesisesIpv6Headers) {
  auto encoder = encoder_for_test();
  const auto datagrams = encoder.encode(batch_for_test({{.source = "2001:db8::1",
                                                         .destination = "2001:db8::2",
                                                         .packets = 1,
                                                         .bytes = 100,
                                                         .protocol = 17}}),
                                        kNow);
  ByteReader reader(datagrams.at(0));
  reader.skip(28 + 8 + 32 + 8 + 16 + 18);
  EXPECT_EQ(hex_for_test(reader.read_bytes(48)),
            "60000000"
            "003c1140"
            "20010db8000000000000000000000001"
            "20010db8000000000000000000000002"
            "c3cb01bb"
            "003c0000");
}

}  // namespace
}  // namespace noroshi
