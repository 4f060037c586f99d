#include "record/binetflow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/text_stream_for_tests.h"

namespace noroshi {
namespace {

const std::string kHeader =
    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,"
    "SrcBytes,SrcPkts,Label\n";

TEST(Binetflow, ReadsAConversationAsOneRow) {
  const auto read = read_whole(kHeader +
                               "2018/12/18 14:00:00.527912,0.699716,tcp,192.0.2.1,52798,   ->,"
                               "198.51.100.2,445,S_RA,0,0,2,134,70,1,flow=x\n");
  ASSERT_EQ(read.batch.size(), 1u) << read.error;
  EXPECT_EQ(read.format, "argus binetflow");
  const auto& batch = read.batch;
  EXPECT_EQ(batch.kind()[0], static_cast<std::uint8_t>(FlowKind::kBidirectional));
  EXPECT_EQ(batch.first()[0], 1545141600527u);
  EXPECT_EQ(batch.last()[0], 1545141601227u);
  EXPECT_EQ(batch.source_address()[0].to_string(), "192.0.2.1");
  EXPECT_EQ(batch.destination_port()[0], 445u);
  EXPECT_EQ(batch.tcp_flags()[0], kTcpSyn);
  EXPECT_EQ(batch.reverse_tcp_flags()[0], kTcpRst | kTcpAck);
  EXPECT_EQ(batch.packets()[0], 1u);
  EXPECT_EQ(batch.reverse_packets()[0], 1u);
  EXPECT_EQ(batch.bytes()[0], 70u);
  EXPECT_EQ(batch.reverse_bytes()[0], 64u);
  EXPECT_EQ(batch.sampling_rate()[0], 1u);
}

TEST(Binetflow, PutsTheOpenerFirst) {
  const auto batch =
      read_whole(
          kHeader +
          "2018/12/18 14:00:00,1,tcp,192.0.2.1,80,  <-,198.51.100.2,4000,A_S,0,0,3,30,20,2,\n"
          "2018/12/18 14:00:00,1,tcp,192.0.2.1,80,<?>,198.51.100.2,4000,PA_PA,0,0,3,30,20,2,\n"
          "2018/12/18 14:00:00,1,tcp,192.0.2.1,80,<?>,198.51.100.2,4000,SPA_PA,0,0,3,30,20,2,\n"
          "2018/12/18 14:00:00,1,tcp,192.0.2.1,80,?>,198.51.100.2,4000,PA_,0,0,2,20,20,2,\n")
          .batch;
  ASSERT_EQ(batch.size(), 4u);
  EXPECT_EQ(batch.source_port()[0], 4000u);
  EXPECT_EQ(batch.packets()[0], 1u);
  EXPECT_EQ(batch.tcp_flags()[0], kTcpSyn);
  EXPECT_EQ(batch.source_port()[1], 4000u) << "the lower port is the server";
  EXPECT_EQ(batch.source_port()[2], 80u) << "a SYN says more than a port";
  EXPECT_EQ(batch.source_port()[3], 80u);
  EXPECT_EQ(batch.kind()[3], static_cast<std::uint8_t>(FlowKind::kUnidirectional));
}

TEST(Binetflow, SharesOutPacketsThatAreOnlyCountedInAll) {
  const auto batch =
      read_whole(
          "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes\n"
          "2018/12/18 14:00:00,1,udp,192.0.2.1,1,->,192.0.2.2,2,INT,3,300,300\n"
          "2018/12/18 14:00:00,1,udp,192.0.2.1,1,<->,192.0.2.2,2,CON,2,1000,1\n"
          "2018/12/18 14:00:00,1,udp,192.0.2.1,1,<->,192.0.2.2,2,CON,10,1000,700\n")
          .batch;
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch.packets()[0], 3u);
  EXPECT_EQ(batch.reverse_packets()[0], 0u);
  EXPECT_EQ(batch.packets()[1], 1u);
  EXPECT_EQ(batch.reverse_packets()[1], 1u);
  EXPECT_EQ(batch.packets()[2], 7u);
  EXPECT_EQ(batch.reverse_packets()[2], 3u);
}

TEST(Binetflow, ReadsIcmpTypeAndCodeInBothNotations) {
  const auto batch =
      read_whole(
          kHeader +
          "2019/04/04 17:00:00,0,icmp,192.0.2.1,0x0403,->,192.0.2.2,0x7208,URF,0,,2,144,144,2,\n"
          "2019/04/04 17:00:00,0,icmp,192.0.2.1,0x03,->,192.0.2.2,0x01,URH,0,,2,144,144,2,\n"
          "2019/04/04 17:00:00,0,ipv6-icmp,fe80::1,135,->,ff02::1,0,NNS,0,,1,78,78,1,\n")
          .batch;
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch.icmp_type()[0], 3u);
  EXPECT_EQ(batch.icmp_code()[0], 4u);
  EXPECT_EQ(batch.source_port()[0], 0u);
  EXPECT_EQ(batch.icmp_type()[1], 3u);
  EXPECT_EQ(batch.icmp_code()[1], 1u);
  EXPECT_EQ(batch.protocol()[2], 58u);
  EXPECT_EQ(batch.icmp_type()[2], 135u);
}

TEST(Binetflow, CountsRowsThatAreNotIpAndLinesItCannotRead) {
  const auto read = read_whole(
      kHeader + "2018/05/10 10:52:47.283479,0.04,man,0,0,,0,0,STA,,,0,0,0,0,\n" +
      "1970/01/01 01:00:00.000000,0.0,llc,00:00:00:00:00:00,0,   ->,00:00:00:00:00:00,0,INT,,,1,60,"
      "60,1,x\n2018/05/10 10:52:47,1,tcp,192.0.2.1,http,->,192.0.2.2,80,S_,0,0,1,60,60,1,\n" +
      "2018/05/10 10:52:47,1,tcp,192.0.2.1,1,->,192.0.2.2,80,S_,0,0,1,60,61,1,\n" +
      "2018/05/10 10:52:47,1,tcp,192.0.2.1,1,->,192.0\n" +
      "2018/05/10 10:52:47,1,rtp,192.0.2.1,1,->,192.0.2.2,80,INT,0,0,1,60,60,1\n");
  ASSERT_EQ(read.batch.size(), 1u);
  EXPECT_EQ(read.batch.protocol()[0], 17u);
  EXPECT_EQ(read.statistics.packets_ignored, 2u);
  EXPECT_EQ(read.statistics.decode.records, 3u);
  EXPECT_EQ(read.statistics.decode.flows, 1u);
  EXPECT_EQ(read.statistics.damage.at("unparsable_line"), 3u);
}

TEST(Binetflow, ReadsTabsAndFurtherColumns) {
  const auto batch =
      read_whole(
          "StartTime\tSrcMac\tProto\tSrcAddr\tSport\tDstAddr\tDport\tTotPkts\tTotBytes\n"
          "1526000000.5\t00:11:22:33:44:55\tudp\t192.0.2.1\t1\t192.0.2.2\t2\t1\t60\n")
          .batch;
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(batch.first()[0], 1526000000500u);
  EXPECT_EQ(batch.packets()[0], 1u);
}

}  // namespace
}  // namespace noroshi
