#include "app/flow_rate.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(FlowRate, IsTheMeanOverTheLastTenSeconds) {
  FlowRate rate;
  FlowRate::Moment moment{};
  for (int second = 0; second <= 60; ++second)
    rate.sample(moment + seconds(second), 1000u * static_cast<std::uint64_t>(second));
  EXPECT_DOUBLE_EQ(rate.per_second(), 1000);
  for (int second = 61; second <= 70; ++second) rate.sample(moment + seconds(second), 60'000);
  EXPECT_DOUBLE_EQ(rate.per_second(), 0);
}

TEST(FlowRate, TakesABurstAtTheBeginningForNoPeak) {
  FlowRate rate;
  FlowRate::Moment moment{};
  EXPECT_DOUBLE_EQ(rate.per_second(), 0);
  rate.sample(moment, 0);
  EXPECT_DOUBLE_EQ(rate.per_second(), 0);
  rate.sample(moment + seconds(1), 5000);
  EXPECT_DOUBLE_EQ(rate.per_second(), 500);
}

TEST(FlowRate, StaysTheSameHoweverOftenItIsSampled) {
  FlowRate rate;
  FlowRate::Moment moment{};
  for (int step = 0; step <= 100'000; ++step)
    rate.sample(moment + milliseconds(step), static_cast<std::uint64_t>(step));
  EXPECT_NEAR(rate.per_second(), 1000, 60);
}

TEST(FlowRate, BeginsAnewWithAnotherCounter) {
  FlowRate rate;
  FlowRate::Moment moment{};
  rate.sample(moment, 1'000'000);
  rate.sample(moment + seconds(10), 5);
  EXPECT_DOUBLE_EQ(rate.per_second(), 0);
  rate.sample(moment + seconds(20), 25);
  EXPECT_DOUBLE_EQ(rate.per_second(), 2);
}

}  // namespace
}  // namespace noroshi
