#include "record/totals.h"

#include <gtest/gtest.h>

#include <limits>

namespace noroshi {
namespace {

std::size_t add_flow(FlowBatch& batch, std::uint32_t source, std::uint64_t packets,
                     std::uint32_t sampling_rate, FlowKind kind = FlowKind::kUnidirectional) {
  const auto row = batch.append(1);
  batch.mutable_kind()[row] = static_cast<std::uint8_t>(kind);
  batch.mutable_source_address()[row] = IpAddress::from_v4(source);
  batch.mutable_packets()[row] = packets;
  batch.mutable_bytes()[row] = packets * 100;
  batch.mutable_sampling_rate()[row] = sampling_rate;
  return row;
}

TEST(FlowTotals, AddBothDirectionsOfAConversation) {
  FlowBatch batch;
  const auto row = add_flow(batch, 1, 3, 1, FlowKind::kBidirectional);
  batch.mutable_reverse_packets()[row] = 2;
  batch.mutable_reverse_bytes()[row] = 50;
  FlowTotals totals(1);
  totals.add(batch);
  EXPECT_EQ(totals.flows(), 1u);
  EXPECT_EQ(totals.packets(), 5u);
  EXPECT_EQ(totals.bytes(), 350u);
}

TEST(FlowTotals, LeaveEventsOutOfTheTraffic) {
  FlowBatch batch;
  add_flow(batch, 1, 3, 0, FlowKind::kEvent);
  add_flow(batch, 2, 4, 10);
  FlowTotals totals(1);
  totals.add(batch);
  EXPECT_EQ(totals.events(), 1u);
  EXPECT_EQ(totals.flows(), 1u);
  EXPECT_EQ(totals.sources(), 1u);
  EXPECT_EQ(totals.packets(), 4u);
  EXPECT_EQ(totals.packets_estimated(), 40u);
}

TEST(FlowTotals, EstimateNothingOnceARateIsNotKnown) {
  FlowBatch batch;
  add_flow(batch, 1, 3, 1000);
  FlowTotals totals(1);
  totals.add(batch);
  EXPECT_EQ(totals.packets_estimated(), 3000u);
  EXPECT_EQ(totals.bytes_estimated(), 300'000u);
  batch.clear();
  add_flow(batch, 1, 3, 0);
  totals.add(batch);
  EXPECT_EQ(totals.packets_estimated(), std::nullopt);
  EXPECT_EQ(totals.bytes_estimated(), std::nullopt);
  EXPECT_EQ(totals.sampling_unknown_flows(), 1u);
}

TEST(FlowTotals, CountDistinctSourcesUpToTheirLimitAndSaySo) {
  FlowBatch batch;
  for (const std::uint32_t source : {1u, 2u, 1u, 3u, 2u, 2u}) add_flow(batch, source, 1, 1);
  FlowTotals enough(7, 3);
  enough.add(batch);
  EXPECT_EQ(enough.sources(), 3u);
  EXPECT_TRUE(enough.sources_complete());
  FlowTotals too_few(7, 2);
  too_few.add(batch);
  EXPECT_EQ(too_few.sources(), 2u);
  EXPECT_FALSE(too_few.sources_complete());
}

TEST(FlowTotals, SpanTheKnownTimesOnly) {
  FlowBatch batch;
  for (const std::uint64_t time : {0u, 500u, 200u, 900u}) {
    const auto row = add_flow(batch, 1, 1, 1);
    batch.mutable_first()[row] = time;
    batch.mutable_last()[row] = time;
  }
  FlowTotals totals(1);
  totals.add(batch);
  EXPECT_EQ(totals.first(), 200u);
  EXPECT_EQ(totals.last(), 900u);
}

TEST(FlowTotals, StopAtTheLargestNumberInsteadOfWrapping) {
  FlowBatch batch;
  add_flow(batch, 1, std::numeric_limits<std::uint64_t>::max(), 2);
  add_flow(batch, 1, 1, 2);
  FlowTotals totals(1);
  totals.add(batch);
  EXPECT_EQ(totals.packets(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(totals.packets_estimated(), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace noroshi
