#include "store/retention_forecast.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

constexpr std::uint64_t kNow = 500'000;

Partition flows(std::uint64_t hour, std::uint64_t bytes = 100) {
  return {"flows", hour, hour, hour + 1, 10, bytes};
}
Timestamp at(std::uint64_t hour) { return from_unix_milliseconds(hour * 3'600'000); }

RetentionLimits ten_days() {
  RetentionLimits limits;
  limits.tables["flows"].hours = 240;
  return limits;
}

TEST(RetentionForecast, SaysWhatGoesWithinADayAWeekAMonth) {
  const auto forecast = forecast_retention(
      {flows(kNow - 230), flows(kNow - 100), flows(kNow - 101), {"rollup_1h", 1, 0, 24, 5, 50}},
      ten_days(), std::nullopt, at(kNow));
  ASSERT_EQ(forecast.tables.size(), 2u);
  const auto& table = forecast.tables[0];
  EXPECT_EQ(table.table, "flows");
  EXPECT_EQ(table.stored, (StoredAmount{3, 30, 300}));
  EXPECT_EQ(table.oldest, kNow - 230);
  EXPECT_EQ(table.newest, kNow - 99);
  EXPECT_EQ(table.going[0], (StoredAmount{1, 10, 100}));
  EXPECT_EQ(table.going[1], (StoredAmount{3, 30, 300}));
  EXPECT_EQ(table.going[2], (StoredAmount{3, 30, 300}));
  EXPECT_EQ(table.next, at(kNow - 229 + 240));
  // A table without a limit stays.
  EXPECT_EQ(forecast.tables[1].going[2], StoredAmount{});
  EXPECT_EQ(forecast.tables[1].next, std::nullopt);
  EXPECT_EQ(forecast.bytes, 350u);
}

TEST(RetentionForecast, TheNextDropIsWhenThePlanDropsIt) {
  const std::vector<Partition> partitions = {flows(kNow - 230)};
  const auto forecast = forecast_retention(partitions, ten_days(), std::nullopt, at(kNow));
  const auto next = forecast.tables[0].next.value();
  const auto drops = [&](Timestamp now) {
    return plan_drops(partitions, ten_days(), std::nullopt, now).drops.size();
  };
  EXPECT_EQ(drops(next), 1u);
  EXPECT_EQ(drops(next - std::chrono::milliseconds(1)), 0u);
}

TEST(RetentionForecast, WhatIsHeldStaysAndIsCounted) {
  const IsHeld is_held = [](const Partition& partition) { return partition.begin < kNow - 150; };
  const auto forecast =
      forecast_retention({flows(kNow - 300), flows(kNow - 200), flows(kNow - 100)}, ten_days(),
                         std::nullopt, at(kNow), is_held);
  const auto& table = forecast.tables[0];
  EXPECT_EQ(table.held, (StoredAmount{2, 20, 200}));
  EXPECT_EQ(table.overdue, (StoredAmount{1, 10, 100}));
  EXPECT_EQ(table.going[2], (StoredAmount{1, 10, 100}));
}

TEST(RetentionForecast, SaysWhatGoesForWantOfRoom) {
  auto limits = ten_days();
  limits.most_share = 0.5;
  limits.least_free = 10;
  const auto forecast = forecast_retention({flows(kNow - 30, 300), flows(kNow - 20, 300)}, limits,
                                           DiskState{1000, 400}, at(kNow));
  EXPECT_EQ(forecast.most_bytes, 500u);
  EXPECT_EQ(forecast.least_free, 10u);
  EXPECT_EQ(forecast.for_room, (StoredAmount{1, 10, 300}));
  EXPECT_EQ(forecast_retention({flows(1)}, ten_days(), std::nullopt, at(kNow)).most_bytes, 0u);
}

}  // namespace
}  // namespace noroshi
