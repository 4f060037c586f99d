#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "summarise/active_timeouts.h"
#include "summarise/direction.h"
#include "summarise/flows_for_test.h"
#include "summarise/summariser.h"

namespace noroshi {
namespace {

using testing::answered;
using testing::kStart;
using testing::kWhole;
using testing::TestFlow;

ContactSummary summarise(const std::vector<TestFlow>& flows, Summariser::Config config = {}) {
  FlowBatch batch;
  for (const auto& flow : flows) testing::append(batch, flow);
  Summariser summariser(config);
  summariser.add(batch);
  return summariser.finish();
}

TestFlow one_way(TestFlow flow) {
  flow.kind = FlowKind::kUnidirectional;
  return flow;
}

TestFlow reply_to(const TestFlow& flow, std::uint64_t later) {
  auto reply = one_way(flow);
  std::swap(reply.source, reply.destination);
  std::swap(reply.source_port, reply.destination_port);
  reply.first += later;
  return reply;
}

TEST(Summariser, PairsTheTwoDirectionsOfUnidirectionalRows) {
  TestFlow call{.packets = 5, .bytes = 500, .flags = kWhole, .kind = FlowKind::kUnidirectional};
  auto reply = reply_to(call, 20);
  reply.bytes = 900;
  // The reply may be exported first.
  for (const auto& flows : {std::vector{call, reply}, std::vector{reply, call}}) {
    const auto summary = summarise(flows);
    ASSERT_EQ(summary.contacts.size(), 1u);
    const auto& contact = summary.contacts[0];
    EXPECT_EQ(contact.server.port.value, 4444);
    EXPECT_EQ(contact.connections, 1u);
    EXPECT_EQ(contact.answered, 1u);
    EXPECT_EQ(contact.bytes_up, 500u);
    EXPECT_EQ(contact.bytes_down, 900u);
    EXPECT_EQ(contact.flows, 2u);
  }
}

TEST(Summariser, TakesRepeatedSynsOfOneAttemptAsOneConnection) {
  // As Zeek writes the retries of one connect(): the same ports, doubled pauses.
  const auto summary = summarise(
      {{.first = 0, .duration = 3000}, {.first = 7000}, {.first = 15'000}, {.first = 31'000}});
  ASSERT_EQ(summary.contacts.size(), 1u);
  EXPECT_EQ(summary.contacts[0].connections, 1u);
  EXPECT_EQ(summary.contacts[0].answered, 0u);
  EXPECT_EQ(summary.contacts[0].retried, 1u);
  EXPECT_EQ(summary.contacts[0].flows, 4u);
}

TEST(Summariser, TakesNewPortsAsANewAttempt) {
  const auto summary = summarise({{.source_port = 40000, .first = 0},
                                  {.source_port = 40001, .first = 10'000},
                                  {.source_port = 40002, .first = 20'000}});
  EXPECT_EQ(summary.contacts[0].connections, 3u);
  EXPECT_EQ(summary.contacts[0].events.size(), 3u);
  EXPECT_EQ(summary.contacts[0].interval_bins[14], 2u);  // 10 s lies in [8.192, 16.384) s
}

TEST(Summariser, TakesThePortPairUsedAgainAfterAnAnswerAsANewConnection) {
  const auto summary =
      summarise({answered({.first = 0}), answered({.first = 10'000}), answered({.first = 40'000})});
  EXPECT_EQ(summary.contacts[0].connections, 3u);
}

TEST(Summariser, MergesRecordsThatAnActiveTimeoutCutIntoOneEvent) {
  std::vector<TestFlow> flows;
  for (std::uint64_t minute = 0; minute < 60; ++minute) {
    auto piece = one_way(
        {.first = minute * 60'000, .duration = 59'000, .flags = minute == 0 ? kTcpSyn : kTcpAck});
    flows.push_back(piece);
    flows.push_back(reply_to(piece, 5));
  }
  const auto summary = summarise(flows);
  ASSERT_EQ(summary.contacts.size(), 1u);
  EXPECT_EQ(summary.contacts[0].connections, 1u);
  EXPECT_EQ(summary.contacts[0].events.size(), 1u);
  EXPECT_GE(summary.contacts[0].longest, 59u * 60'000);
}

TEST(Summariser, KeepsTheTimesOfAConnectionThatSpeaksOnceInAWhile) {
  std::vector<TestFlow> flows;
  for (std::uint64_t call = 0; call < 20; ++call) {
    auto piece =
        one_way({.first = call * 300'000, .duration = 10, .flags = call == 0 ? kTcpSyn : kTcpAck});
    flows.push_back(piece);
    flows.push_back(reply_to(piece, 5));
  }
  const auto summary = summarise(flows);
  EXPECT_EQ(summary.contacts[0].connections, 1u);
  ASSERT_EQ(summary.contacts[0].events.size(), 20u);
  EXPECT_FALSE(summary.contacts[0].events[0].continued);
  EXPECT_TRUE(summary.contacts[0].events[1].continued);
}

TEST(Summariser, FindsTheServerByTheSynWhateverThePorts) {
  auto call = one_way({.source_port = 80, .destination_port = 50'000, .flags = kTcpSyn});
  const auto summary = summarise({call});
  EXPECT_EQ(summary.contacts[0].server.port.value, 50'000);
  EXPECT_EQ(summary.directions_by_port, 0u);
}

TEST(Summariser, FindsTheServerByFanInWhereNoOpeningWasSeen) {
  // Three clients meet at port 50000; the ports alone would say otherwise.
  std::vector<TestFlow> flows;
  for (const auto* client : {"192.168.1.2", "192.168.1.3", "192.168.1.4"})
    flows.push_back(one_way(
        {.source = client, .source_port = 2000, .destination_port = 50'000, .flags = kTcpAck}));
  const auto summary = summarise(flows);
  ASSERT_EQ(summary.contacts.size(), 3u);
  for (const auto& contact : summary.contacts) EXPECT_EQ(contact.server.port.value, 50'000);
  EXPECT_EQ(summary.directions_by_port, 0u);
}

TEST(Summariser, CountsWhereOnlyThePortDecides) {
  const auto summary = summarise({one_way({.protocol = kUdp})});
  EXPECT_EQ(summary.contacts[0].server.port.value, 4444);
  EXPECT_EQ(summary.directions_by_port, 1u);
}

TEST(Summariser, CountsAnswersToWhatWasNeverAskedAsUninvited) {
  // Backscatter: the answer to a SYN that somebody forged.
  TestFlow backscatter{.packets = 0,
                       .bytes = 0,
                       .reverse_packets = 1,
                       .reverse_bytes = 44,
                       .flags = 0,
                       .reverse_flags = kTcpSyn | kTcpAck};
  const auto summary = summarise({backscatter});
  EXPECT_EQ(summary.contacts[0].connections, 0u);
  EXPECT_EQ(summary.contacts[0].uninvited, 1u);
}

TEST(Summariser, KeepsUnknownSamplingUnknown) {
  const auto summary =
      summarise({{.source_port = 1, .sampling_rate = 100}, {.source_port = 2, .sampling_rate = 0}});
  EXPECT_EQ(summary.contacts[0].sampling_rate, 0u);
  EXPECT_EQ(summary.flows_of_unknown_sampling, 1u);
}

TEST(Summariser, DoesNotCallASampledConnectionUnansweredWhenTheClientAcknowledges) {
  const auto summary = summarise({one_way({.packets = 1, .flags = kTcpAck, .sampling_rate = 100})});
  EXPECT_EQ(summary.contacts[0].answered, 1u);
  const auto scan = summarise({one_way({.packets = 1, .flags = kTcpSyn, .sampling_rate = 100})});
  EXPECT_EQ(scan.contacts[0].answered, 0u);
}

TEST(Summariser, LeavesEventsOutAndCountsThem) {
  const auto summary = summarise({{.kind = FlowKind::kEvent}, {}});
  EXPECT_EQ(summary.flows, 1u);
  EXPECT_EQ(summary.events_without_traffic, 1u);
}

TEST(Summariser, StaysWithinItsLimitsAndCountsWhatTheyCost) {
  FlowBatch batch;
  for (std::uint32_t host = 0; host < 5000; ++host) {
    testing::append(batch, {.first = host});
    batch.mutable_destination_address()[host] = IpAddress::from_v4(0xc6336400 + host);
  }
  Summariser::Config config;
  config.conversations.most_conversations = 1000;
  config.contacts.most_contacts = 100;
  Summariser summariser(config);
  summariser.add(batch);
  const auto summary = summariser.finish();
  EXPECT_LE(summary.contacts.size(), 100u);
  EXPECT_EQ(summary.contacts.size() + summary.contacts_evicted, 5000u);
  EXPECT_GT(summary.conversations_cut, 0u);
  // The scan is told of in full although its contacts are gone.
  ASSERT_EQ(summary.port_activity.size(), 1u);
  EXPECT_EQ(summary.port_activity[0].first_failures, 5000u);
}

TEST(Summariser, GivesTheSameAnswerWhateverTheSeedOfItsHashes) {
  std::vector<TestFlow> flows;
  for (std::uint16_t call = 0; call < 500; ++call)
    flows.push_back({.source_port = static_cast<std::uint16_t>(40'000 + call % 50),
                     .destination_port = static_cast<std::uint16_t>(call % 7),
                     .first = call * 1000ULL});
  Summariser::Config seeded;
  seeded.conversations.hash_seed = seeded.contacts.hash_seed = 0x1234567;
  const auto a = summarise(flows);
  const auto b = summarise(flows, seeded);
  ASSERT_EQ(a.contacts.size(), b.contacts.size());
  for (std::size_t index = 0; index < a.contacts.size(); ++index) {
    EXPECT_EQ(a.contacts[index].server, b.contacts[index].server);
    EXPECT_EQ(a.contacts[index].connections, b.contacts[index].connections);
  }
}

TEST(Summariser, SurvivesARecordThatClaimsToHaveLastedForAges) {
  FlowBatch batch;
  testing::append(batch, {});
  batch.mutable_last()[0] = ~std::uint64_t{0};
  testing::append(batch, {.first = 5});
  Summariser summariser({});
  summariser.add(batch);
  const auto summary = summariser.finish();
  ASSERT_EQ(summary.contacts.size(), 1u);
  EXPECT_LE(summary.contacts[0].active_hours.size(), Contact::kMostHours);
}

TEST(Summariser, KeepsAReservoirBeyondTheEventsItKeepsInFull) {
  FlowBatch batch;
  for (std::uint64_t call = 0; call < 20'000; ++call)
    testing::append(batch, {.source_port = static_cast<std::uint16_t>(1024 + call % 60'000),
                            .first = call * 1000});
  Summariser summariser({});
  summariser.add(batch);
  const auto summary = summariser.finish();
  const auto& contact = summary.contacts[0];
  EXPECT_EQ(contact.events_seen, 20'000u);
  EXPECT_EQ(contact.events.size(), Contact::kMostEvents);
  EXPECT_EQ(contact.reservoir.size(), Contact::kMostReservoir);
  // A uniform sample of [4096, 20000) s has its mean near the middle.
  double mean = 0;
  for (const auto time : contact.reservoir) mean += static_cast<double>(time - kStart) / 1000;
  mean /= static_cast<double>(contact.reservoir.size());
  EXPECT_NEAR(mean, (4096 + 20'000) / 2.0, 300);
}

TEST(ActiveTimeouts, LearnsFromAPileOfDurations) {
  ActiveTimeouts timeouts;
  const auto exporter = IpAddress::from_v4(1);
  for (int record = 0; record < 30; ++record) timeouts.observe(exporter, 59'500, 0);
  EXPECT_TRUE(timeouts.cut(exporter, 60'200, 0));
  EXPECT_FALSE(timeouts.cut(exporter, 30'000, 0));
  EXPECT_FALSE(timeouts.cut(IpAddress::from_v4(2), 60'200, 0));
  ASSERT_EQ(timeouts.learnt().size(), 1u);
  EXPECT_EQ(timeouts.learnt()[0].milliseconds, 60'000u);
}

TEST(ActiveTimeouts, LearnsNothingWhereLongerRecordsAreUsual) {
  ActiveTimeouts timeouts;
  const auto exporter = IpAddress::from_v4(1);
  for (std::uint64_t record = 0; record < 300; ++record)
    timeouts.observe(exporter, 40'000 + record * 1000, 0);
  EXPECT_TRUE(timeouts.learnt().empty());
}

TEST(ActiveTimeouts, BelievesAnExporterThatStatesTheReason) {
  ActiveTimeouts timeouts;
  EXPECT_TRUE(timeouts.cut(IpAddress(), 45'000, ActiveTimeouts::kEndedByActiveTimeout));
}

}  // namespace
}  // namespace noroshi
