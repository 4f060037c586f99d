#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "record/flow_csv.h"
#include "record/flow_fields.h"
#include "record/flow_json.h"
#include "record/flow_text.h"
#include "record/text_stream_for_tests.h"

namespace noroshi {
namespace {

using testing::HasSubstr;

template <typename T>
T any_value() {
  if constexpr (std::is_same_v<T, IpAddress>) {
    if (*rc::gen::arbitrary<bool>())
      return IpAddress::from_v4(*rc::gen::arbitrary<std::uint32_t>());
    const auto bytes =
        *rc::gen::container<std::array<std::uint8_t, 16>>(rc::gen::arbitrary<std::uint8_t>());
    return IpAddress::from_bytes(std::as_bytes(std::span(bytes)));
  } else {
    return *rc::gen::oneOf(rc::gen::arbitrary<T>(),
                           rc::gen::element(T{0}, T{1}, std::numeric_limits<T>::max()));
  }
}

/// Rows in which any field may hold anything, and many are left untouched.
FlowBatch any_batch() {
  FlowBatch batch;
  const auto rows = *rc::gen::inRange<std::size_t>(1, 5);
  batch.append(rows);
  for (std::size_t row = 0; row < rows; ++row) {
#define NOROSHI_FLOW_ANY(name, type) \
  if (*rc::gen::arbitrary<bool>()) batch.mutable_##name()[row] = any_value<type>();
    NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_ANY)
#undef NOROSHI_FLOW_ANY
  }
  return batch;
}

void expect_same(const FlowBatch& left, const FlowBatch& right) {
  RC_ASSERT(left.size() == right.size());
#define NOROSHI_FLOW_SAME(name, type)                 \
  for (std::size_t row = 0; row < left.size(); ++row) \
    RC_ASSERT(left.name()[row] == right.name()[row]);
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_SAME)
#undef NOROSHI_FLOW_SAME
}

RC_GTEST_PROP(FlowCsv, ReadsBackExactlyWhatItWrites, ()) {
  const auto batch = any_batch();
  std::string text;
  write_csv_header(text);
  write_csv(batch, text);
  const auto read = read_whole(text);
  RC_ASSERT(read.format == "noroshi csv");
  RC_ASSERT(read.statistics.damage.empty());
  expect_same(batch, read.batch);
}

RC_GTEST_PROP(FlowJson, ReadsBackExactlyWhatItWrites, ()) {
  const auto batch = any_batch();
  std::string text;
  write_json_lines(batch, text);
  const auto read = read_whole(text);
  if (!read.error.empty()) RC_FAIL(read.error + "\n" + text);
  RC_ASSERT(read.format == "noroshi json");
  RC_ASSERT(read.statistics.damage.empty());
  expect_same(batch, read.batch);
}

RC_GTEST_PROP(FlowCsv, CountsADamagedLineAndKeepsTheOthers, ()) {
  auto batch = any_batch();
  std::string text;
  write_csv_header(text);
  write_csv(batch, text);
  std::string damaged;
  write_csv(batch, damaged);
  damaged.resize(*rc::gen::inRange<std::size_t>(1, damaged.find('\n') / 2));
  const auto read = read_whole(text + damaged);
  RC_ASSERT(read.batch.size() == batch.size());
  RC_ASSERT(read.statistics.damage.at("unparsable_line") == 1u);
}

TEST(FlowCsv, WritesEveryFieldOfTheBatch) {
  std::string header;
  write_csv_header(header);
  std::string expected;
  FlowBatch().for_each_field([&](std::string_view name, auto) {
    expected += expected.empty() ? "" : ",";
    expected += name;
  });
  EXPECT_EQ(header, expected + "\n");
}

TEST(FlowCsv, AcceptsColumnsInAnyOrderAndLeavesOthersZero) {
  const auto read = read_whole(
      "\xef\xbb\xbf"
      "destination_port,destination_address,source_address,protocol,tcp_flags,first,kind\r\n"
      "23,198.51.100.1,192.0.2.1,tcp,SA,2026-11-22T09:00:00.5+09:00,bidirectional\r\n"
      "53,2001:db8::53,2001:db8::1,17,,,event\r\n");
  ASSERT_EQ(read.batch.size(), 2u) << read.error;
  EXPECT_EQ(read.batch.destination_port()[0], 23u);
  EXPECT_EQ(read.batch.tcp_flags()[0], kTcpSyn | kTcpAck);
  EXPECT_EQ(read.batch.first()[0], 1795305600500u);
  EXPECT_EQ(read.batch.bytes()[0], 0u);
  EXPECT_EQ(read.batch.protocol()[1], 17u);
  EXPECT_EQ(read.statistics.decode.flows, 1u);
  EXPECT_EQ(read.statistics.decode.events, 1u);
}

TEST(FlowCsv, RefusesAColumnThatIsNoFieldByItsName) {
  EXPECT_THAT(read_error("source_address,destination_address,colour\n192.0.2.1,192.0.2.2,red\n"),
              HasSubstr("'colour' is not a field of a flow; the fields are kind, first,"));
  EXPECT_THAT(read_error("source_address,destination_address,bytes,bytes\n"),
              HasSubstr("the column 'bytes' stands twice"));
}

TEST(FlowJson, RefusesAMemberThatIsNoFieldByItsName) {
  EXPECT_THAT(read_error(R"({"source_address":"192.0.2.1","destination_address":null,"hue":1})"),
              HasSubstr("'hue' is not a field of a flow"));
}

TEST(FlowJson, CountsLaterObjectsItCannotReadAsDamage) {
  const std::string good = R"({"source_address":"192.0.2.1","destination_address":"192.0.2.2"})";
  const auto read = read_whole(good + "\n{\"source_address\":\"192.0.2.1\",\"hue\":1}\n" +
                               R"({"source_address":["192.0.2.1"]})" + "\n{\n" + good);
  EXPECT_EQ(read.batch.size(), 2u);
  EXPECT_EQ(read.statistics.damage.at("unparsable_line"), 3u);
}

TEST(FlowJson, RefusesALiteralThatOnlyBeginsLikeNull) {
  const std::string good = R"({"source_address":"192.0.2.1","destination_address":null})";
  const auto read =
      read_whole(good + "\n" + R"({"source_address":"192.0.2.1","destination_address":nu ll})" +
                 "\n" + R"({"source_address":"192.0.2.1","destination_address":nullx})");
  EXPECT_EQ(read.batch.size(), 1u);
  EXPECT_EQ(read.statistics.damage.at("unparsable_line"), 2u);
}

TEST(FlowFormats, ListTheExportersTheySaw) {
  const auto read = read_whole(
      "source_address,destination_address,exporter\n192.0.2.1,192.0.2.2,203.0.113.1\n"
      "192.0.2.1,192.0.2.2,203.0.113.2\n192.0.2.1,192.0.2.2,203.0.113.1\n192.0.2.1,192.0.2.2,\n");
  EXPECT_EQ(read.statistics.exporters.size(), 2u);
}

TEST(FlowText, WritesOneLineForAPersonToRead) {
  const auto batch = read_whole(
                         "source_address,source_port,destination_address,destination_port,protocol,"
                         "first,last,packets,bytes,tcp_flags,kind,reverse_packets,reverse_bytes,"
                         "reverse_tcp_flags,icmp_type,icmp_code\n"
                         "192.0.2.1,40000,198.51.100.1,443,tcp,2026-11-22T00:00:00.001Z,"
                         "2026-11-22T00:01:02.004Z,10,1000,S,bidirectional,5,500,SA,0,0\n"
                         "192.0.2.1,0,198.51.100.1,0,icmp,2026-11-22T00:00:00Z,"
                         "2026-11-23T00:00:00Z,1,84,,unidirectional,0,0,,8,0\n")
                         .batch;
  std::string text;
  write_text_header(text);
  write_text(batch, text);
  EXPECT_EQ(text,
            "Date first seen         Duration     Proto         Src IP Addr:Port "
            "          Dst IP Addr:Port  Flags     Packets    Bytes Flows\n"
            "2026-11-22 00:00:00.001 00:01:02.003 TCP             192.0.2.1:40000 <-> "
            "    198.51.100.1:443   ...A..S.       15     1500     1\n"
            "2026-11-22 00:00:00.000 1d 00:00:00.000 ICMP            192.0.2.1:0      -> "
            "    198.51.100.1:8.0   ........        1       84     1\n");
}

}  // namespace
}  // namespace noroshi
