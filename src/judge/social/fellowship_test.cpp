#include "judge/social/fellowship.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

TEST(Fellowship, SaysWhatIsOutOfProportionAndNoMoreThanItsMost) {
  const auto found =
      clients_of_suspects({.hosts = 100'000, .marked = 50, .clients = 30, .both = 25});
  ASSERT_TRUE(found.has_value());
  EXPECT_DOUBLE_EQ(found->log_likelihood_ratio, kMostOfFellowship);
  EXPECT_GT(found->statistic, 1000);
}

TEST(Fellowship, SaysNothingOfASingleFellow) {
  EXPECT_FALSE(clients_of_suspects({.hosts = 100'000, .marked = 50, .clients = 1, .both = 1}));
}

TEST(Fellowship, SaysNothingOfWhatChanceBringsAbout) {
  EXPECT_FALSE(sighted_clients({.hosts = 1'000, .marked = 300, .clients = 4, .both = 2}));
}

TEST(Fellowship, DoesNotTakeTheCloudOfAMakerForACommanderBecauseAFewDevicesAreInfected) {
  EXPECT_FALSE(
      clients_of_suspects({.hosts = 100'000, .marked = 100, .clients = 1'000, .both = 10}));
}

}  // namespace
}  // namespace noroshi
