#include "encode/templated.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "encode/ipfix.h"
#include "encode/netflow9.h"
#include "encode/rows_for_test.h"

namespace noroshi {
namespace {

using std::chrono::seconds;

const Timestamp kNow = from_unix_milliseconds(kNowForTest);

Netflow9Encoder netflow9_for_test(
    Netflow9Encoder::Sampling sampling = Netflow9Encoder::Sampling::kSamplerTable) {
  return Netflow9Encoder(
      {.source_id = 77, .booted = from_unix_milliseconds(kBootedForTest), .sampling = sampling});
}
IpfixEncoder ipfix_for_test(
    IpfixEncoder::Sampling sampling = IpfixEncoder::Sampling::kRandomSelector) {
  return IpfixEncoder({.observation_domain_id = 88, .sampling = sampling});
}

struct Set {
  std::uint16_t id;
  std::vector<std::byte> content;
};

/// The sets of a message whose header has this length; fails on any length that does not add up.
std::vector<Set> sets_of(std::span<const std::byte> message, std::size_t header_length) {
  std::vector<Set> sets;
  ByteReader reader(message);
  reader.skip(header_length);
  while (reader.ok() && !reader.at_end()) {
    const auto id = reader.read_u16();
    const auto length = reader.read_u16();
    EXPECT_GE(length, 4);
    EXPECT_EQ(length % 4, 0);
    const auto content = reader.read_bytes(length - 4u);
    sets.push_back({id, {content.begin(), content.end()}});
  }
  EXPECT_TRUE(reader.ok());
  return sets;
}

TEST(Netflow9Encoder, WritesHeaderTemplatesSamplerAndRecord) {
  auto encoder = netflow9_for_test();
  const auto datagrams = encoder.encode(batch_for_test({{}}), kNow);
  ASSERT_EQ(datagrams.size(), 1u);
  ByteReader header(datagrams[0]);
  EXPECT_EQ(header.read_u16(), 9);
  EXPECT_EQ(header.read_u16(), 5);  // three templates, one option record, one flow
  EXPECT_EQ(header.read_u32(), 3'600'000u);
  EXPECT_EQ(header.read_u32(), kNowForTest / 1000);
  EXPECT_EQ(header.read_u32(), 0u);
  EXPECT_EQ(header.read_u32(), 77u);

  const auto sets = sets_of(datagrams[0], 20);
  ASSERT_EQ(sets.size(), 4u);
  EXPECT_EQ(sets[0].id, 0);
  EXPECT_EQ(sets[1].id, 1);
  EXPECT_EQ(hex_for_test(sets[1].content),
            "0102"  // template 258
            "0004"  // octets of scope
            "000c"  // octets of options
            "00010004"
            "00300001"
            "00310001"
            "00320004"
            "0000");
  EXPECT_EQ(sets[2].id, 258);
  EXPECT_EQ(hex_for_test(sets[2].content),
            "0000004d"
            "01"
            "02"
            "00000064"
            "0000");
  EXPECT_EQ(sets[3].id, 256);
  EXPECT_EQ(hex_for_test(sets[3].content),
            "c0000201"
            "c6336402"
            "cb007109"
            "0000000a"
            "0000000b"
            "0000000000000007"
            "00000000000010e1"
            "0036d9fe"  // 3,594,750
            "0036ed86"  // 3,599,750
            "c3cb"
            "01bb"
            "0000fbf4"
            "0000fbf5"
            "002a"
            "0000"
            "06"
            "1b"
            "01"
            "01");
}

TEST(Netflow9Encoder, NamesTheSameInstantInUptimeAndTimeWithinASecond) {
  auto encoder = netflow9_for_test();
  const auto datagrams =
      encoder.encode(batch_for_test({{}}), kNow + std::chrono::milliseconds(640));
  ByteReader header(datagrams.at(0));
  header.skip(4);
  EXPECT_EQ(header.read_u32(), 3'600'000u);
  EXPECT_EQ(header.read_u32(), kNowForTest / 1000);
}

TEST(Netflow9Encoder, CountsDatagramsInItsSequence) {
  auto encoder = netflow9_for_test();
  std::uint32_t expected = 0;
  for (int call = 0; call < 3; ++call) {
    for (const auto& datagram :
         encoder.encode(batch_for_test(std::vector<RowForTest>(50)), kNow + seconds(call))) {
      ByteReader header(datagram);
      header.skip(12);
      EXPECT_EQ(header.read_u32(), expected++);
    }
  }
  EXPECT_EQ(encoder.statistics().datagrams, expected);
  EXPECT_GT(expected, 3u);
}

TEST(Netflow9Encoder, AnnouncesAnIntervalForTheWholeSource) {
  auto encoder = netflow9_for_test(Netflow9Encoder::Sampling::kInterval);
  const auto datagrams = encoder.encode(
      batch_for_test({{.sampling_rate = 64}, {.sampling_rate = 64}, {.sampling_rate = 128}}), kNow);
  ASSERT_EQ(datagrams.size(), 1u);
  const auto sets = sets_of(datagrams[0], 20);
  ASSERT_EQ(sets.size(), 6u);  // templates, options template, rate, flows, rate, flow
  EXPECT_EQ(hex_for_test(sets[1].content),
            "0102"
            "0004"
            "0008"
            "00010004"
            "00220004"
            "00230001"
            "0000");
  EXPECT_EQ(hex_for_test(sets[2].content),
            "0000004d"
            "00000040"
            "02"
            "000000");
  EXPECT_EQ(sets[3].id, 256);
  EXPECT_EQ(hex_for_test(sets[4].content),
            "0000004d"
            "00000080"
            "02"
            "000000");
  EXPECT_EQ(sets[5].id, 256);
}

TEST(IpfixEncoder, WritesHeaderTemplatesSelectorAndRecord) {
  auto encoder = ipfix_for_test();
  const auto datagrams = encoder.encode(
      batch_for_test({{.source = "2001:db8::1", .destination = "2001:db8::2"}}), kNow);
  ASSERT_EQ(datagrams.size(), 1u);
  ByteReader header(datagrams[0]);
  EXPECT_EQ(header.read_u16(), 10);
  EXPECT_EQ(header.read_u16(), datagrams[0].size());
  EXPECT_EQ(header.read_u32(), kNowForTest / 1000);
  EXPECT_EQ(header.read_u32(), 0u);
  EXPECT_EQ(header.read_u32(), 88u);

  const auto sets = sets_of(datagrams[0], 16);
  ASSERT_EQ(sets.size(), 4u);
  EXPECT_EQ(sets[0].id, 2);
  EXPECT_EQ(sets[1].id, 3);
  EXPECT_EQ(hex_for_test(sets[1].content),
            "0102"
            "0004"
            "0001"  // template 258, four fields, one of scope
            "012e0008"
            "01300002"
            "01350004"
            "01360004"
            "0000");
  EXPECT_EQ(sets[2].id, 258);
  EXPECT_EQ(hex_for_test(sets[2].content),
            "0000000000000001"
            "0003"
            "00000001"
            "00000064"
            "0000");
  EXPECT_EQ(sets[3].id, 257);
  EXPECT_EQ(hex_for_test(sets[3].content),
            "20010db8000000000000000000000001"
            "20010db8000000000000000000000002"
            "00000000000000000000000000000000"
            "0000"
            "0000000a"
            "0000000b"
            "0000000000000007"
            "00000000000010e1"
            "000001a19bb46ec6"
            "000001a19bb4824e"
            "c3cb"
            "01bb"
            "0000fbf4"
            "0000fbf5"
            "002a"
            "06"
            "1b"
            "01"
            "02"
            "0000000000000001");
}

TEST(IpfixEncoder, CountsDataRecordsAndOptionRecordsInItsSequence) {
  auto encoder = ipfix_for_test();
  std::uint32_t expected = 0;
  for (int call = 0; call < 3; ++call) {
    const auto datagrams =
        encoder.encode(batch_for_test(std::vector<RowForTest>(40)), kNow + seconds(call));
    ByteReader header(datagrams.at(0));
    header.skip(8);
    EXPECT_EQ(header.read_u32(), expected);
    expected += 40 + (call == 0 ? 1 : 0);
  }
  EXPECT_EQ(encoder.statistics().option_records, 1u);
}

TEST(IpfixEncoder, AnnouncesCountBasedSelectors) {
  auto encoder = ipfix_for_test(IpfixEncoder::Sampling::kCountSelector);
  const auto sets = sets_of(encoder.encode(batch_for_test({{}}), kNow).at(0), 16);
  ASSERT_EQ(sets.size(), 4u);
  EXPECT_EQ(hex_for_test(sets[2].content),
            "0000000000000001"
            "0001"
            "00000001"
            "00000063"
            "0000");
}

TEST(IpfixEncoder, AnnouncesAnIntervalForTheWholeDomain) {
  auto encoder = ipfix_for_test(IpfixEncoder::Sampling::kInterval);
  const auto sets = sets_of(encoder.encode(batch_for_test({{}}), kNow).at(0), 16);
  ASSERT_EQ(sets.size(), 4u);
  EXPECT_EQ(hex_for_test(sets[1].content),
            "0102"
            "0003"
            "0001"
            "00950004"
            "00220004"
            "00230001"
            "0000");
  EXPECT_EQ(hex_for_test(sets[2].content),
            "00000058"
            "00000064"
            "02"
            "000000");
}

TEST(TemplatedEncoder, SendsTemplatesAndSamplersAgainWhenTheyAreDue) {
  auto encoder = ipfix_for_test();
  (void)encoder.encode(batch_for_test({{}}), kNow);
  EXPECT_TRUE(encoder.encode(FlowBatch(1), kNow + seconds(59)).empty());
  const auto again = encoder.encode(FlowBatch(1), kNow + seconds(60));
  ASSERT_EQ(again.size(), 1u);
  const auto sets = sets_of(again[0], 16);
  ASSERT_EQ(sets.size(), 3u);
  EXPECT_EQ(sets[0].id, 2);
  EXPECT_EQ(sets[1].id, 3);
  EXPECT_EQ(sets[2].id, 258);
  EXPECT_EQ(encoder.statistics().templates, 6u);
}

TEST(TemplatedEncoder, SendsTemplatesAgainAfterSoManyDatagrams) {
  IpfixEncoder encoder({.refresh = {.interval = seconds(3600), .datagrams = 5}});
  for (int i = 0; i < 11; ++i) (void)encoder.encode(batch_for_test({{}}), kNow);
  EXPECT_EQ(encoder.statistics().templates, 9u);
}

TEST(TemplatedEncoder, SendsRatesBeyondItsSamplersAsUnknown) {
  auto encoder = netflow9_for_test();
  FlowBatch batch(512);
  for (std::uint32_t rate = 1; rate <= 300; ++rate)
    append_row_for_test(batch, {.sampling_rate = rate});
  const auto datagrams = encoder.encode(batch, kNow);
  EXPECT_EQ(encoder.statistics().option_records, 255u);
  EXPECT_EQ(encoder.statistics().saturated, 45u);
  for (const auto& datagram : datagrams) EXPECT_LE(datagram.size(), kLargestDatagram);
  // All 255 are more than one datagram holds.
  for (const auto& datagram : encoder.encode(FlowBatch(1), kNow + seconds(60)))
    EXPECT_LE(datagram.size(), kLargestDatagram);
  EXPECT_EQ(encoder.statistics().option_records, 510u);
}

/// Record lengths by template as the template sets say, then records per set.
std::uint64_t count_records(const Datagrams& datagrams, std::size_t header_length) {
  std::map<std::uint16_t, std::size_t> lengths;
  std::uint64_t records = 0;
  for (const auto& datagram : datagrams) {
    EXPECT_LE(datagram.size(), kLargestDatagram);
    for (const auto& set : sets_of(datagram, header_length)) {
      ByteReader reader(set.content);
      if (set.id == 0 || set.id == 2) {
        while (reader.remaining() >= 4) {
          const auto id = reader.read_u16();
          auto& length = lengths[id];
          length = 0;
          for (auto fields = reader.read_u16(); fields > 0; --fields) {
            reader.skip(2);
            length += reader.read_u16();
          }
        }
      } else if (set.id == 256 || set.id == 257) {
        const auto length = lengths.at(set.id);
        records += set.content.size() / length;
        EXPECT_LT(set.content.size() % length, 4u);
      }
    }
  }
  return records;
}

TEST(TemplatedEncoder, NeverLosesARecordWhateverTheMixture) {
  rc::check([] {
    FlowBatch batch(16);
    const auto count = *rc::gen::inRange(0, 200);
    std::uint64_t expected = 0;
    for (int i = 0; i < count; ++i) {
      RowForTest row;
      if (*rc::gen::arbitrary<bool>()) {
        row.source = "2001:db8::1";
        row.destination = "2001:db8::2";
      }
      row.sampling_rate = *rc::gen::element(0u, 1u, 100u, 1000u);
      row.kind =
          *rc::gen::element(FlowKind::kUnidirectional, FlowKind::kBidirectional, FlowKind::kEvent);
      expected += row.kind == FlowKind::kUnidirectional  ? 1u
                  : row.kind == FlowKind::kBidirectional ? 2u
                                                         : 0u;
      append_row_for_test(batch, row);
    }
    auto netflow9 = netflow9_for_test();
    RC_ASSERT(count_records(netflow9.encode(batch, kNow), 20) == expected);
    auto ipfix = ipfix_for_test();
    RC_ASSERT(count_records(ipfix.encode(batch, kNow), 16) == expected);
    RC_ASSERT(netflow9.statistics().records == expected);
    RC_ASSERT(ipfix.statistics().records == expected);
  });
}

}  // namespace
}  // namespace noroshi
