#include "pipeline/sorted_rows.h"

#include <gtest/gtest.h>

#include <vector>

namespace noroshi {
namespace {

/// Rows by their first; the source port tells in which order they came.
std::vector<std::uint16_t> handed_on(SortedRows& rows, std::vector<std::uint16_t>& ports,
                                     const std::vector<std::uint64_t>& firsts) {
  std::uint16_t came = 0;
  for (const auto first : firsts) {
    FlowBatch batch(1);
    batch.append(1);
    batch.mutable_first()[0] = first;
    batch.mutable_source_port()[0] = came++;
    EXPECT_TRUE(rows.add(batch, 0).has_value());
  }
  EXPECT_TRUE(rows.finish().has_value());
  return ports;
}

SortedRows::Sink into(std::vector<std::uint16_t>& ports) {
  return [&ports](const FlowBatch& batch) -> Status {
    for (const auto port : batch.source_port()) ports.push_back(port);
    return {};
  };
}

using Ports = std::vector<std::uint16_t>;

TEST(SortedRows, StandByFirstAndThenAsTheyCame) {
  Ports ports;
  SortedRows rows(0, 100, into(ports));
  EXPECT_EQ(handed_on(rows, ports, {30, 10, 20, 10}), (Ports{1, 3, 2, 0}));
  EXPECT_TRUE(rows.in_order());
}

TEST(SortedRows, ALimitKeepsTheEarliestOfAll) {
  Ports ports;
  SortedRows rows(2, 100, into(ports));
  std::vector<std::uint64_t> firsts;
  for (std::uint64_t i = 0; i < 20'000; ++i) firsts.push_back(30'000 - i);
  handed_on(rows, ports, firsts);
  EXPECT_EQ(ports, (Ports{19'999, 19'998}));
  EXPECT_TRUE(rows.is_done());
  EXPECT_TRUE(rows.in_order());
}

TEST(SortedRows, MoreThanAreHeldStandInRunsAndSaySo) {
  Ports ports;
  SortedRows rows(0, 2, into(ports));
  EXPECT_EQ(handed_on(rows, ports, {5, 4, 3, 2, 1}), (Ports{1, 0, 3, 2, 4}));
  EXPECT_FALSE(rows.in_order());
}

TEST(SortedRows, ALimitAboveWhatIsHeldStillCounts) {
  Ports ports;
  SortedRows rows(3, 2, into(ports));
  EXPECT_EQ(handed_on(rows, ports, {5, 4, 3, 2}), (Ports{1, 0, 3}));
}

TEST(SortedRows, AnErrorOfTheSinkIsReturned) {
  SortedRows rows(0, 1, [](const FlowBatch&) -> Status { return failure(ErrorCode::kIo, "full"); });
  FlowBatch batch(1);
  batch.append(1);
  EXPECT_FALSE(rows.add(batch, 0).has_value());
}

}  // namespace
}  // namespace noroshi
