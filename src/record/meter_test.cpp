#include "record/meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/packets_for_test.h"

namespace noroshi {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

const MeterTimeouts kTimeouts{.active = seconds(300), .idle = seconds(30)};
constexpr std::uint64_t kSeed = 1;

std::uint8_t number(FlowEndReason reason) { return static_cast<std::uint8_t>(reason); }

TEST(Meter, CountsBothWaysOfAConversationInOneRow) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kClient, kServer, kTcpSyn, 60), seconds(10), rows);
  meter.add(tcp(kServer, kClient, kTcpSyn | kTcpAck, 52), milliseconds(10'020), rows);
  meter.add(tcp(kClient, kServer, kTcpAck | kTcpPsh, 1000), milliseconds(10'040), rows);
  EXPECT_TRUE(rows.empty());
  meter.finish(rows);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.kind()[0], static_cast<std::uint8_t>(FlowKind::kBidirectional));
  EXPECT_EQ(rows.source_address()[0], kClient.address);
  EXPECT_EQ(rows.destination_address()[0], kServer.address);
  EXPECT_EQ(rows.source_port()[0], kClient.port);
  EXPECT_EQ(rows.destination_port()[0], kServer.port);
  EXPECT_EQ(rows.protocol()[0], kTcp.value);
  EXPECT_EQ(rows.packets()[0], 2u);
  EXPECT_EQ(rows.bytes()[0], 1060u);
  EXPECT_EQ(rows.reverse_packets()[0], 1u);
  EXPECT_EQ(rows.reverse_bytes()[0], 52u);
  EXPECT_EQ(rows.tcp_flags()[0], kTcpSyn | kTcpAck | kTcpPsh);
  EXPECT_EQ(rows.reverse_tcp_flags()[0], kTcpSyn | kTcpAck);
  EXPECT_EQ(rows.first()[0], 10'000u);
  EXPECT_EQ(rows.last()[0], 10'040u);
  EXPECT_EQ(rows.received()[0], 10'040u);
  EXPECT_EQ(rows.sampling_rate()[0], 1u);
}

TEST(Meter, MakesABidirectionalRowEvenWhenTheOtherSideNeverAnswers) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(udp(kClient, kServer), seconds(1), rows);
  meter.finish(rows);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.kind()[0], static_cast<std::uint8_t>(FlowKind::kBidirectional));
  EXPECT_EQ(rows.packets()[0], 1u);
  EXPECT_EQ(rows.reverse_packets()[0], 0u);
}

TEST(Meter, TakesWhoeverSpokeFirstForTheSourceWithoutASyn) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kServer, kClient, kTcpAck), seconds(1), rows);
  meter.add(tcp(kClient, kServer, kTcpAck), seconds(2), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_address(), ElementsAre(kServer.address));
}

TEST(Meter, TakesTheReceiverOfASynAckForTheSource) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kServer, kClient, kTcpSyn | kTcpAck, 44), seconds(1), rows);
  meter.finish(rows);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.source_address()[0], kClient.address);
  EXPECT_EQ(rows.packets()[0], 0u);
  EXPECT_EQ(rows.tcp_flags()[0], 0);
  EXPECT_EQ(rows.reverse_packets()[0], 1u);
  EXPECT_EQ(rows.reverse_bytes()[0], 44u);
  EXPECT_EQ(rows.reverse_tcp_flags()[0], kTcpSyn | kTcpAck);
}

TEST(Meter, TakesTheSenderOfASynForTheSourceThoughAnotherPacketCameFirst) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kServer, kClient, kTcpAck, 50), seconds(1), rows);
  meter.add(tcp(kClient, kServer, kTcpSyn, 60), seconds(2), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_address(), ElementsAre(kClient.address));
  EXPECT_THAT(rows.bytes(), ElementsAre(60));
  EXPECT_THAT(rows.reverse_bytes(), ElementsAre(50));
}

TEST(Meter, BelievesTheFirstSynWhenBothSidesSendOne) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kClient, kServer, kTcpSyn), seconds(1), rows);
  meter.add(tcp(kServer, kClient, kTcpSyn), seconds(1), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_address(), ElementsAre(kClient.address));
}

TEST(Meter, BeginsANewFlowAfterTheIdleTimeout) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(udp(kClient, kServer), seconds(0), rows);
  meter.add(udp(kClient, kServer), milliseconds(29'999), rows);
  EXPECT_TRUE(rows.empty());
  meter.add(udp(kServer, kClient), milliseconds(59'999), rows);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.packets()[0], 2u);
  EXPECT_EQ(rows.last()[0], 29'999u);
  EXPECT_EQ(rows.end_reason()[0], number(FlowEndReason::kIdleTimeout));
  EXPECT_EQ(meter.statistics().idle_timeouts, 1u);
  meter.finish(rows);
  EXPECT_EQ(rows.source_address()[1], kServer.address);
}

TEST(Meter, EndsIdleFlowsWhenAnyPacketShowsThatTimeHasPassed) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(udp(kClient, {kServer.address, 1}), seconds(2), rows);
  meter.add(udp(kClient, {kServer.address, 2}), seconds(1), rows);
  meter.add(udp(kClient, {kServer.address, 1}), seconds(3), rows);
  meter.add(udp(kClient, {kServer.address, 3}), seconds(40), rows);
  EXPECT_THAT(rows.destination_port(), ElementsAre(2, 1));
  EXPECT_EQ(meter.open_flows(), 1u);
}

TEST(Meter, CutsALongFlowAtTheActiveTimeoutAndKeepsItsSource) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  for (int second = 0; second < 300; second += 20)
    meter.add(tcp(kClient, kServer, second == 0 ? kTcpSyn : kTcpAck), seconds(second), rows);
  EXPECT_TRUE(rows.empty());
  meter.add(tcp(kServer, kClient, kTcpAck), seconds(300), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_address(), ElementsAre(kClient.address, kClient.address));
  EXPECT_THAT(rows.first(), ElementsAre(0, 300'000));
  EXPECT_THAT(rows.last(), ElementsAre(280'000, 300'000));
  EXPECT_THAT(rows.packets(), ElementsAre(15, 0));
  EXPECT_THAT(rows.reverse_packets(), ElementsAre(0, 1));
  EXPECT_THAT(rows.tcp_flags(), ElementsAre(kTcpSyn | kTcpAck, 0));
  EXPECT_THAT(rows.end_reason(), ElementsAre(number(FlowEndReason::kActiveTimeout),
                                             number(FlowEndReason::kForcedEnd)));
  EXPECT_EQ(meter.statistics().active_timeouts, 1u);
}

TEST(Meter, KnowsWhoOpenedAConnectionAfterAPause) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kClient, kServer, kTcpSyn), seconds(0), rows);
  meter.add(tcp(kServer, kClient, kTcpSyn | kTcpAck), seconds(0), rows);
  meter.add(tcp(kServer, kClient, kTcpPsh | kTcpAck, 42), seconds(60), rows);
  meter.add(tcp(kServer, kClient, kTcpPsh | kTcpAck, 42), seconds(120), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_address(), testing::Each(kClient.address));
  EXPECT_THAT(rows.packets(), ElementsAre(1, 0, 0));
  EXPECT_THAT(rows.reverse_bytes(), ElementsAre(40, 42, 42));
  EXPECT_EQ(meter.statistics().resumed, 2u);
}

TEST(Meter, ForgetsWhoOpenedAConnectionAfterTwoHours) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kClient, kServer, kTcpSyn), seconds(0), rows);
  meter.add(tcp(kServer, kClient, kTcpSyn | kTcpAck), seconds(0), rows);
  meter.add(udp(kClient, kServer), seconds(30), rows);
  meter.add(tcp(kServer, kClient, kTcpPsh | kTcpAck), seconds(30) + Meter::kOpenerLifetime, rows);
  meter.finish(rows);
  EXPECT_EQ(rows.source_address().back(), kServer.address);
  EXPECT_EQ(meter.statistics().resumed, 0u);
}

TEST(Meter, ForgetsWhoOpenedAConnectionThatWasClosed) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kClient, kServer, kTcpSyn), seconds(0), rows);
  meter.add(tcp(kServer, kClient, kTcpRst | kTcpAck), seconds(0), rows);
  meter.add(tcp(kServer, kClient, kTcpAck), seconds(60), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_address(), ElementsAre(kClient.address, kServer.address));
}

TEST(Meter, BelievesANewSynMoreThanWhatItRemembers) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kClient, kServer, kTcpSyn), seconds(0), rows);
  meter.add(tcp(kServer, kClient, kTcpSyn | kTcpAck), seconds(0), rows);
  meter.add(tcp(kServer, kClient, kTcpSyn), seconds(60), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_address(), ElementsAre(kClient.address, kServer.address));
}

TEST(Meter, RemembersOnlySoManyPausingConnections) {
  Meter meter(kTimeouts, 1'000, kSeed);
  FlowBatch rows;
  constexpr std::uint32_t kConnections = 100'000;
  for (std::uint32_t number = 0; number < kConnections; ++number) {
    const FlowKey::End client{.address = IpAddress::from_v4(number), .port = 1};
    meter.add(tcp(client, kServer, kTcpSyn), milliseconds(number / 10), rows);
    meter.add(tcp(kServer, client, kTcpSyn | kTcpAck), milliseconds(number / 10), rows);
    rows.clear();
  }
  meter.finish(rows);
  EXPECT_GE(meter.statistics().openers_evicted, kConnections - Meter::kMostOpeners);
  EXPECT_LT(meter.statistics().openers_evicted, kConnections);
}

TEST(Meter, BeginsANewFlowWhenASynFollowsAFin) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp(kClient, kServer, kTcpSyn), seconds(1), rows);
  meter.add(tcp(kServer, kClient, kTcpFin | kTcpAck), seconds(2), rows);
  meter.add(tcp(kClient, kServer, kTcpAck), seconds(3), rows);
  meter.add(tcp(kClient, kServer, kTcpSyn), seconds(4), rows);
  EXPECT_THAT(rows.end_reason(), ElementsAre(number(FlowEndReason::kEndOfFlow)));
  EXPECT_THAT(rows.packets(), ElementsAre(2));
  EXPECT_EQ(meter.statistics().closed, 1u);
}

TEST(Meter, BeginsANewFlowForEachAttemptAfterAReset) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  for (int attempt = 0; attempt < 3; ++attempt) {
    meter.add(tcp(kClient, kServer, kTcpSyn), seconds(attempt), rows);
    meter.add(tcp(kServer, kClient, kTcpRst | kTcpAck), seconds(attempt), rows);
  }
  meter.finish(rows);
  EXPECT_THAT(rows.packets(), ElementsAre(1, 1, 1));
  EXPECT_THAT(rows.end_reason(), testing::Each(number(FlowEndReason::kEndOfFlow)));
}

TEST(Meter, KeepsARepeatedSynInItsFlow) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  for (int attempt = 0; attempt < 3; ++attempt)
    meter.add(tcp(kClient, kServer, kTcpSyn), seconds(attempt), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.packets(), ElementsAre(3));
}

TEST(Meter, SaysThatAFlowWasClosedOnlyWhenBothSidesClosedIt) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(tcp({kClient.address, 1}, kServer, kTcpFin | kTcpAck), seconds(1), rows);
  meter.add(tcp({kClient.address, 2}, kServer, kTcpFin | kTcpAck), seconds(1), rows);
  meter.add(tcp(kServer, {kClient.address, 2}, kTcpFin | kTcpAck), seconds(1), rows);
  meter.add(udp(kClient, kServer), seconds(100), rows);
  EXPECT_THAT(rows.source_port(), ElementsAre(1, 2));
  EXPECT_THAT(rows.end_reason(),
              ElementsAre(number(FlowEndReason::kIdleTimeout), number(FlowEndReason::kEndOfFlow)));
}

TEST(Meter, EndsEveryFlowAtFinishAndMayBeUsedAgain) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(udp(kClient, kServer), seconds(1), rows);
  meter.finish(rows);
  meter.add(udp(kClient, kServer), seconds(2), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.end_reason(), testing::Each(number(FlowEndReason::kForcedEnd)));
  EXPECT_EQ(rows.size(), 2u);
  EXPECT_EQ(meter.statistics().forced_ends, 2u);
  EXPECT_EQ(meter.open_flows(), 0u);
}

TEST(Meter, EvictsTheFlowQuietForLongestWhenItsTableIsFull) {
  Meter meter(kTimeouts, 2, kSeed);
  FlowBatch rows;
  meter.add(udp({kClient.address, 1}, kServer), seconds(1), rows);
  meter.add(udp({kClient.address, 2}, kServer), seconds(2), rows);
  meter.add(udp({kClient.address, 1}, kServer), seconds(3), rows);
  meter.add(udp({kClient.address, 3}, kServer), seconds(4), rows);
  EXPECT_THAT(rows.source_port(), ElementsAre(2));
  EXPECT_THAT(rows.end_reason(), ElementsAre(number(FlowEndReason::kLackOfResources)));
  EXPECT_EQ(meter.statistics().evictions, 1u);
  EXPECT_EQ(meter.open_flows(), 2u);
}

TEST(Meter, TellsVlansApart) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  auto tagged = udp(kClient, kServer);
  meter.add(tagged, seconds(1), rows);
  tagged.vlan = 123;
  meter.add(tagged, seconds(1), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.vlan(), ElementsAre(0, 123));
}

TEST(Meter, TellsProtocolsApart) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(udp(kClient, kServer), seconds(1), rows);
  meter.add(tcp(kClient, kServer, kTcpSyn), seconds(1), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.protocol(), ElementsAre(kUdp.value, kTcp.value));
}

TEST(Meter, CountsAPacketToItsOwnSenderAsForward) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(udp(kClient, kClient), seconds(1), rows);
  meter.add(udp(kClient, kClient), seconds(1), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.packets(), ElementsAre(2));
}

TEST(Meter, KeepsTheIcmpTypeAndCodeOfTheFirstPacket) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  auto request = packet(kIcmp, {kClient.address, 0}, {kServer.address, 0}, 84);
  request.icmp_type = 8;
  request.icmp_code = 1;
  meter.add(request, seconds(1), rows);
  meter.add(packet(kIcmp, {kServer.address, 0}, {kClient.address, 0}, 84), seconds(1), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.icmp_type(), ElementsAre(8));
  EXPECT_THAT(rows.icmp_code(), ElementsAre(1));
  EXPECT_THAT(rows.reverse_packets(), ElementsAre(1));
}

PacketHeaders first_fragment(std::uint32_t id) {
  auto headers = udp(kClient, kServer, 1500);
  headers.is_fragment = true;
  headers.fragment_id = id;
  return headers;
}

TEST(Meter, CountsLaterFragmentsWithTheirFirstOne) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(first_fragment(7), seconds(1), rows);
  meter.add(later_fragment(first_fragment(7), 500), seconds(1), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_port(), ElementsAre(kClient.port));
  EXPECT_THAT(rows.bytes(), ElementsAre(2000));
  EXPECT_EQ(meter.statistics().fragments, 1u);
  EXPECT_EQ(meter.statistics().orphan_fragments, 0u);
}

TEST(Meter, CountsOrphanFragmentsUnderPortZero) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(first_fragment(7), seconds(1), rows);
  meter.add(later_fragment(first_fragment(8), 500), seconds(1), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.source_port(), ElementsAre(kClient.port, 0));
  EXPECT_THAT(rows.destination_port(), ElementsAre(kServer.port, 0));
  EXPECT_THAT(rows.bytes(), ElementsAre(1500, 500));
  EXPECT_EQ(meter.statistics().orphan_fragments, 1u);
}

TEST(Meter, ForgetsTheFirstFragmentAfterAMinute) {
  Meter meter({.active = seconds(1000), .idle = seconds(1000)}, 100, kSeed);
  FlowBatch rows;
  meter.add(first_fragment(7), seconds(1), rows);
  meter.add(later_fragment(first_fragment(7), 500), seconds(60), rows);
  meter.add(later_fragment(first_fragment(7), 500), seconds(61), rows);
  EXPECT_EQ(meter.statistics().fragments, 1u);
  EXPECT_EQ(meter.statistics().orphan_fragments, 1u);
}

TEST(Meter, ForgetsTheOldestFragmentsOfAFlood) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  constexpr std::uint32_t kFlood = 100'000;
  for (std::uint32_t id = 0; id < kFlood; ++id)
    meter.add(first_fragment(id), milliseconds(id / 100), rows);
  EXPECT_GT(meter.statistics().fragments_evicted, kFlood * 9 / 10);
  EXPECT_LT(meter.statistics().fragments_evicted, kFlood);
  meter.add(later_fragment(first_fragment(kFlood - 1), 500), seconds(1), rows);
  EXPECT_EQ(meter.statistics().fragments, 1u);
}

TEST(Meter, CountsALatePacketWithItsFlow) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(udp(kClient, kServer), milliseconds(5'000), rows);
  meter.add(udp(kClient, kServer), milliseconds(4'990), rows);
  meter.finish(rows);
  EXPECT_THAT(rows.first(), ElementsAre(4'990));
  EXPECT_THAT(rows.last(), ElementsAre(5'000));
  EXPECT_THAT(rows.packets(), ElementsAre(2));
  EXPECT_EQ(meter.statistics().late_packets, 1u);
  EXPECT_EQ(meter.statistics().clock_set_back, 0u);
}

TEST(Meter, EndsAllFlowsWhenTheClockIsSetBack) {
  Meter meter(kTimeouts, 100, kSeed);
  FlowBatch rows;
  meter.add(udp(kClient, kServer), seconds(1'000'000), rows);
  meter.add(udp(kClient, kServer), seconds(1'000), rows);
  EXPECT_THAT(rows.first(), ElementsAre(1'000'000'000));
  EXPECT_THAT(rows.end_reason(), ElementsAre(number(FlowEndReason::kForcedEnd)));
  EXPECT_EQ(meter.statistics().clock_set_back, 1u);
  meter.add(udp(kClient, kServer), seconds(1'030), rows);
  EXPECT_THAT(rows.first(), ElementsAre(1'000'000'000, 1'000'000));
}

TEST(Meter, TakesAnyTimeAndAnyTimeout) {
  constexpr auto kExtreme = std::chrono::nanoseconds::max();
  for (const auto timeout : {milliseconds::min(), milliseconds(0), milliseconds::max()}) {
    Meter meter({.active = timeout, .idle = timeout}, 0, kSeed);
    FlowBatch rows;
    for (const auto time : {std::chrono::nanoseconds::min(), std::chrono::nanoseconds(0), kExtreme,
                            -kExtreme, kExtreme})
      meter.add(udp(kClient, kServer), time, rows);
    meter.finish(rows);
    std::uint64_t packets = 0;
    for (const auto count : rows.packets()) packets += count;
    EXPECT_EQ(packets, 5u);
  }
}

}  // namespace
}  // namespace noroshi
