#include "encode/netflow5.h"

#include <gtest/gtest.h>

#include "encode/rows_for_test.h"

namespace noroshi {
namespace {

Netflow5Encoder encoder_for_test() {
  return Netflow5Encoder(
      {.engine_type = 1, .engine_id = 2, .booted = from_unix_milliseconds(kBootedForTest)});
}
const Timestamp kNow = from_unix_milliseconds(kNowForTest + 123);

TEST(Netflow5Encoder, WritesHeaderAndRecordFieldByField) {
  auto encoder = encoder_for_test();
  const auto datagrams = encoder.encode(batch_for_test({{}}), kNow);
  ASSERT_EQ(datagrams.size(), 1u);
  ByteReader reader(datagrams[0]);
  EXPECT_EQ(reader.read_u16(), 5);
  EXPECT_EQ(reader.read_u16(), 1);
  EXPECT_EQ(reader.read_u32(), 3'600'123u);
  EXPECT_EQ(reader.read_u32(), kNowForTest / 1000);
  EXPECT_EQ(reader.read_u32(), 123'000'000u);
  EXPECT_EQ(reader.read_u32(), 0u);
  EXPECT_EQ(reader.read_u8(), 1);
  EXPECT_EQ(reader.read_u8(), 2);
  EXPECT_EQ(reader.read_u16(), 0x8000 | 100);  // random, 1 in 100

  EXPECT_EQ(reader.read_u32(), 0xc000'0201u);
  EXPECT_EQ(reader.read_u32(), 0xc633'6402u);
  EXPECT_EQ(reader.read_u32(), 0xcb00'7109u);
  EXPECT_EQ(reader.read_u16(), 10);
  EXPECT_EQ(reader.read_u16(), 11);
  EXPECT_EQ(reader.read_u32(), 7u);
  EXPECT_EQ(reader.read_u32(), 4321u);
  EXPECT_EQ(reader.read_u32(), 3'600'000u - 5'250u);
  EXPECT_EQ(reader.read_u32(), 3'600'000u - 250u);
  EXPECT_EQ(reader.read_u16(), 50'123);
  EXPECT_EQ(reader.read_u16(), 443);
  EXPECT_EQ(reader.read_u8(), 0);
  EXPECT_EQ(reader.read_u8(), 0x1b);
  EXPECT_EQ(reader.read_u8(), 6);
  EXPECT_EQ(reader.read_u8(), 0);
  EXPECT_EQ(reader.read_u16(), 64'500);
  EXPECT_EQ(reader.read_u16(), 64'501);
  reader.skip(4);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
}

TEST(Netflow5Encoder, FillsDatagramsAndCountsRecordsInItsSequence) {
  auto encoder = encoder_for_test();
  const auto datagrams = encoder.encode(batch_for_test(std::vector<RowForTest>(60)), kNow);
  ASSERT_EQ(datagrams.size(), 3u);
  const std::uint32_t expected[3] = {0, 28, 56};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_LE(datagrams[i].size(), kLargestDatagram);
    ByteReader reader(datagrams[i]);
    reader.skip(16);
    EXPECT_EQ(reader.read_u32(), expected[i]);
  }
  EXPECT_EQ(encoder.statistics().records, 60u);
  EXPECT_EQ(encoder.statistics().datagrams, 3u);
}

TEST(Netflow5Encoder, BeginsAnotherDatagramWhereTheSamplingRateChanges) {
  auto encoder = encoder_for_test();
  const auto datagrams = encoder.encode(
      batch_for_test({{.sampling_rate = 10}, {.sampling_rate = 0}, {.sampling_rate = 20'000}}),
      kNow);
  ASSERT_EQ(datagrams.size(), 3u);
  const std::uint16_t expected[3] = {0x8000 | 10, 0, 0};
  for (std::size_t i = 0; i < 3; ++i) {
    ByteReader reader(datagrams[i]);
    reader.skip(22);
    EXPECT_EQ(reader.read_u16(), expected[i]);
  }
  EXPECT_EQ(encoder.statistics().saturated, 1u);
}

TEST(Netflow5Encoder, SkipsIpv6AndEventsAndCountsThem) {
  auto encoder = encoder_for_test();
  const auto datagrams =
      encoder.encode(batch_for_test({{.source = "2001:db8::1", .destination = "2001:db8::2"},
                                     {.kind = FlowKind::kEvent}}),
                     kNow);
  EXPECT_TRUE(datagrams.empty());
  EXPECT_EQ(encoder.statistics().skipped, 2u);
}

TEST(Netflow5Encoder, SaturatesWhatDoesNotFit) {
  auto encoder = encoder_for_test();
  const auto datagrams =
      encoder.encode(batch_for_test({{.packets = 1ull << 40, .bytes = 1ull << 41}}), kNow);
  ASSERT_EQ(datagrams.size(), 1u);
  ByteReader reader(datagrams[0]);
  reader.skip(24 + 16);
  EXPECT_EQ(reader.read_u32(), 0xffff'ffffu);
  EXPECT_EQ(reader.read_u32(), 0xffff'ffffu);
  EXPECT_EQ(encoder.statistics().saturated, 2u);
}

TEST(Netflow5Encoder, WritesIcmpTypeAndCodeAsDestinationPort) {
  auto encoder = encoder_for_test();
  const auto datagrams = encoder.encode(batch_for_test({{.protocol = 1}}), kNow);
  ASSERT_EQ(datagrams.size(), 1u);
  ByteReader reader(datagrams[0]);
  reader.skip(24 + 34);
  EXPECT_EQ(reader.read_u16(), 8 * 256 + 3);
}

TEST(Netflow5Encoder, MakesTwoRecordsOfABidirectionalRow) {
  auto encoder = encoder_for_test();
  const auto datagrams = encoder.encode(batch_for_test({{.kind = FlowKind::kBidirectional}}), kNow);
  ASSERT_EQ(datagrams.size(), 1u);
  ByteReader reader(datagrams[0]);
  reader.skip(24 + 48);
  EXPECT_EQ(reader.read_u32(), 0xc633'6402u);
  EXPECT_EQ(reader.read_u32(), 0xc000'0201u);
  EXPECT_EQ(reader.read_u32(), 0u);
  EXPECT_EQ(reader.read_u16(), 11);
  EXPECT_EQ(reader.read_u16(), 10);
  EXPECT_EQ(reader.read_u32(), 5u);
  EXPECT_EQ(reader.read_u32(), 999u);
  reader.skip(8);
  EXPECT_EQ(reader.read_u16(), 443);
  EXPECT_EQ(reader.read_u16(), 50'123);
}

}  // namespace
}  // namespace noroshi
