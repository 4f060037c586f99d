#include "record/zeek.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/text_stream_for_tests.h"

namespace noroshi {
namespace {

using testing::HasSubstr;

constexpr std::string_view kFields =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
    "orig_bytes\tresp_bytes\tconn_state\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\t"
    "resp_ip_bytes\ttunnel_parents\n";

FlowBatch read_text(const std::string& text) { return read_whole(text).batch; }

TEST(ZeekTsv, ReadsAConnectionAsOneRowFromItsOriginator) {
  const auto read = read_whole(std::string(kFields) +
                               "1547150789.067208\tC1\t192.0.2.1\t59222\t198.51.100."
                               "2\t80\ttcp\thttp\t1.686784\t149\t171750\t"
                               "SF\tShADadF\t122\t7741\t120\t178102\t(empty)\n");
  ASSERT_EQ(read.batch.size(), 1u);
  EXPECT_EQ(read.format, "zeek conn (tsv)");
  EXPECT_EQ(read.statistics.decode.flows, 1u);
  const auto& batch = read.batch;
  EXPECT_EQ(batch.kind()[0], static_cast<std::uint8_t>(FlowKind::kBidirectional));
  EXPECT_EQ(batch.first()[0], 1547150789067u);
  EXPECT_EQ(batch.last()[0], 1547150790753u);
  EXPECT_EQ(batch.received()[0], 1547150790753u);
  EXPECT_EQ(batch.source_address()[0].to_string(), "192.0.2.1");
  EXPECT_EQ(batch.destination_address()[0].to_string(), "198.51.100.2");
  EXPECT_EQ(batch.source_port()[0], 59222u);
  EXPECT_EQ(batch.destination_port()[0], 80u);
  EXPECT_EQ(batch.protocol()[0], 6u);
  EXPECT_EQ(batch.packets()[0], 122u);
  EXPECT_EQ(batch.bytes()[0], 7741u);
  EXPECT_EQ(batch.reverse_packets()[0], 120u);
  EXPECT_EQ(batch.reverse_bytes()[0], 178102u);
  EXPECT_EQ(batch.sampling_rate()[0], 1u);
  EXPECT_EQ(batch.tcp_flags()[0], kTcpSyn | kTcpAck | kTcpPsh | kTcpFin);
  EXPECT_EQ(batch.reverse_tcp_flags()[0], kTcpSyn | kTcpAck | kTcpPsh);
}

TEST(ZeekTsv, TakesColumnsByNameInAnyOrder) {
  const auto batch = read_text(
      "#separator "
      "\\x09\n#fields\tproto\tid.resp_p\tid.resp_h\torig_pkts\tid.orig_p\tid.orig_h\tts\n"
      "udp\t53\t2001:db8::53\t3\t4000\t2001:db8::1\t19.98\n");
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(batch.first()[0], 19980u);
  EXPECT_EQ(batch.destination_address()[0].to_string(), "2001:db8::53");
  EXPECT_EQ(batch.destination_port()[0], 53u);
  EXPECT_EQ(batch.packets()[0], 3u);
}

TEST(ZeekTsv, CountsPayloadBytesWhereTheLogHasNoOthers) {
  const auto batch = read_text(
      "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\t"
      "orig_bytes\tresp_bytes\n1\t192.0.2.1\t1\t192.0.2.2\t2\tudp\t30\t40\n");
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(batch.bytes()[0], 30u);
  EXPECT_EQ(batch.reverse_bytes()[0], 40u);
}

std::pair<int, int> flags_of(const std::string& state, const std::string& history) {
  const auto batch = read_text(
      "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\t"
      "conn_state\thistory\n1\t192.0.2.1\t1\t192.0.2.2\t2\ttcp\t" +
      state + "\t" + history + "\n");
  if (batch.size() != 1) return {-1, -1};
  return {batch.tcp_flags()[0], batch.reverse_tcp_flags()[0]};
}

TEST(ZeekTsv, DerivesTcpFlagsFromTheHistory) {
  EXPECT_EQ(flags_of("S0", "S"), std::pair(+kTcpSyn, 0));
  EXPECT_EQ(flags_of("REJ", "Sr"), std::pair(+kTcpSyn, +kTcpRst));
  // The reply was seen first, so Zeek turned the connection round.
  EXPECT_EQ(flags_of("SF", "H^Ad"), std::pair(+kTcpAck, kTcpSyn | kTcpAck | kTcpPsh));
}

TEST(ZeekTsv, FallsBackOnTheStateWithoutAHistory) {
  EXPECT_EQ(flags_of("S0", "-"), std::pair(+kTcpSyn, 0));
  EXPECT_EQ(flags_of("SF", "-"),
            std::pair(kTcpSyn | kTcpAck | kTcpFin, kTcpSyn | kTcpAck | kTcpFin));
  EXPECT_EQ(flags_of("OTH", "-"), std::pair(0, 0));
}

TEST(ZeekTsv, TurnsIcmpPortsIntoTypeAndCode) {
  const std::string header =
      "#separator "
      "\\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_pkts\n";
  const auto batch = read_text(header +
                               "1\t192.0.2.1\t3\t192.0.2.2\t1\ticmp\t1\n"
                               "1\t192.0.2.1\t13\t192.0.2.2\t14\ticmp\t1\n"
                               "1\tfe80::1\t128\tfe80::2\t129\ticmp\t1\n");
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch.icmp_type()[0], 3u);
  EXPECT_EQ(batch.icmp_code()[0], 1u);
  EXPECT_EQ(batch.source_port()[0], 0u);
  EXPECT_EQ(batch.icmp_type()[1], 13u);
  EXPECT_EQ(batch.icmp_code()[1], 0u) << "14 is the type of the reply, not a code";
  EXPECT_EQ(batch.protocol()[2], 58u);
  EXPECT_EQ(batch.icmp_type()[2], 128u);
  EXPECT_EQ(batch.icmp_code()[2], 0u);
}

TEST(ZeekTsv, CountsLinesItCannotReadAndGoesOn) {
  const auto read = read_whole(
      "#separator "
      "\\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_pkts\n"
      "1\t192.0.2.1\t1\t192.0.2.2\t2\tudp\t1\n"
      "1\tnobody\t1\t192.0.2.2\t2\tudp\t1\n"
      "1\t192.0.2.1\t70000\t192.0.2.2\t2\tudp\t1\n"
      "1\t192.0.2.1\t1\t192.0.2\n"
      "-1\t192.0.2.1\t1\t192.0.2.2\t2\tudp\t1\n"
      "2\t192.0.2.1\t1\t192.0.2.2\t2\tudp\t1\n#close\t2020-01-01-00-00-00\n");
  EXPECT_EQ(read.batch.size(), 2u);
  EXPECT_EQ(read.statistics.damage.at("unparsable_line"), 4u);
}

TEST(ZeekTsv, ReadsRotatedLogsPutTogether) {
  const std::string one =
      "#separator "
      "\\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_pkts\n"
      "1\t192.0.2.1\t1\t192.0.2.2\t2\tudp\t1\n#close\t2020-01-01-00-00-00\n";
  const std::string two =
      "#separator "
      "\\x09\n#fields\tproto\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\torig_pkts\n"
      "tcp\t1\t192.0.2.1\t1\t192.0.2.2\t2\t1\n";
  EXPECT_EQ(read_text(one + two).size(), 2u);
}

TEST(ZeekTsv, ReadsTheDialectsThatLabelledDataSetsWrite) {
  EXPECT_EQ(read_text("#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t"
                      "proto\torig_pkts\ttunnel_parents   label   detailed-label\n"
                      "1\t192.0.2.1\t1\t192.0.2.2\t2\tudp\t1\t-   Malicious   C&C\n")
                .size(),
            1u);
  const auto bars = read_whole(
      "ts|id.orig_h|id.orig_p|id.resp_h|id.resp_p|proto|orig_pkts|label|detailed-label\n"
      "1|192.0.2.1|1|192.0.2.2|2|udp|-|Malicious   C&C|\n");
  EXPECT_EQ(bars.batch.size(), 1u);
  EXPECT_EQ(bars.format, "zeek conn (csv)");
  const auto commas = read_text(
      "\xef\xbb\xbf,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,\"tags, all\",orig_pkts\r\n"
      "0,1.5,192.0.2.1,1.0,192.0.2.2,2.0,udp,\"a,b\",7.0\r\n");
  ASSERT_EQ(commas.size(), 1u);
  EXPECT_EQ(commas.packets()[0], 7u);
  EXPECT_EQ(commas.destination_port()[0], 2u);
}

TEST(ZeekTsv, RefusesALogThatDoesNotNameItsColumns) {
  EXPECT_THAT(read_error("#separator \\x09\n#path\tconn\n1\t192.0.2.1\t1\t192.0.2.2\t2\tudp\t1\n"),
              HasSubstr("without a #fields line"));
}

TEST(ZeekTsv, RefusesOtherLogsOfZeek) {
  EXPECT_THAT(
      read_error("#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\t"
                 "id.resp_h\tid.resp_p\tproto\ttrans_id\n1\tC\t192.0.2.1\t1\t192.0.2.2\t53\t"
                 "udp\t1\n"),
      HasSubstr("a Zeek log (dns) that is not a conn log"));
}

TEST(ZeekJson, ReadsLinesAndArrays) {
  const std::string one =
      R"({"ts":1664462456.755299,"uid":"C","id.orig_h":"192.0.2.1","id.orig_p":40042,)"
      R"("id.resp_h":"198.51.100.8","id.resp_p":53,"proto":"udp","duration":9.5e-03,)"
      R"("tunnel_parents":["x"],"local_orig":true,"orig_pkts":1,"orig_ip_bytes":60,)"
      R"("resp_pkts":2,"resp_ip_bytes":139})";
  for (const auto& text : {one + "\n" + one + "\n", "[" + one + "," + one + "]",
                           "[\n  " + one + ",\n  " + one + "\n]\n"}) {
    const auto read = read_whole(text);
    ASSERT_EQ(read.batch.size(), 2u) << text;
    EXPECT_EQ(read.format, "zeek conn (json)");
    EXPECT_EQ(read.batch.first()[1], 1664462456755u);
    EXPECT_EQ(read.batch.last()[1], 1664462456764u);
    EXPECT_EQ(read.batch.destination_port()[1], 53u);
    EXPECT_EQ(read.batch.bytes()[1], 60u);
    EXPECT_EQ(read.batch.reverse_packets()[1], 2u);
    EXPECT_TRUE(read.statistics.damage.empty());
  }
}

TEST(ZeekJson, CountsABrokenObjectAndGoesOn) {
  const std::string one =
      R"({"ts":1,"id.orig_h":"192.0.2.1","id.orig_p":1,"id.resp_h":"192.0.2.2","id.resp_p":2,)"
      R"("proto":"tcp","conn_state":"S0"})";
  const auto lines = read_whole(one + "\n" + one.substr(0, 40) + "\nnoise\n" + one);
  EXPECT_EQ(lines.batch.size(), 2u);
  EXPECT_EQ(lines.statistics.damage.at("unparsable_line"), 2u);
  const auto array = read_whole("[" + one + "," + one + "," + one.substr(0, 50));
  EXPECT_EQ(array.batch.size(), 2u);
  EXPECT_EQ(array.statistics.damage.at("unparsable_line"), 1u);
}

TEST(Zeek, DoesNotTakeOtherTextForALog) {
  for (const std::string text :
       {"Dear reader,\nthis is a letter.\n", "<!DOCTYPE html>\n<html></html>\n", "a,b,c\n1,2,3\n",
        "ts,proto,bytes\n1,tcp,2\n", "# a comment\n1 2 3\n", "{\"ts\":1,\"proto\":\"tcp\"}\n",
        "[1,2,3]\n", "{}\n", "[\n", "\n\n\n"})
    EXPECT_THAT(read_error(text), HasSubstr("not a recording we know")) << text;
}

}  // namespace
}  // namespace noroshi
