#include "simulate/draws.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;

TEST(Draws, AreAFunctionOfKeyAndCounterAlone) {
  const Draws draws(7);
  auto one = draws.of(3);
  auto same = draws.of(3);
  auto other = draws.of(4);
  EXPECT_EQ(one.next(), same.next());
  EXPECT_NE(one.next(), other.next());
  // Of one another's parts too.
  auto left = draws.of(1).of(2);
  auto right = draws.of(2).of(1);
  EXPECT_NE(left.next(), right.next());
}

TEST(Draws, AreUniformWithinTheirBounds) {
  Draws draws(1);
  std::vector<int> count(10);
  for (int i = 0; i < 100'000; ++i) ++count[draws.below(10)];
  for (const auto times : count) EXPECT_NEAR(times, 10'000, 500);
  // Neighbouring parts are as independent as the draws of one.
  std::vector<int> of_parts(10);
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    auto part = Draws(9).of(i);
    ++of_parts[part.below(10)];
  }
  for (const auto times : of_parts) EXPECT_NEAR(times, 10'000, 500);
}

TEST(Draws, ExponentialAndPoissonHaveTheRightMeans) {
  Draws draws(2);
  double waits = 0;
  double events = 0;
  double squares = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    waits += static_cast<double>(draws.exponential(milliseconds(5'000)).count());
    const double count = draws.poisson(2'500);
    events += count;
    squares += count * count;
  }
  EXPECT_NEAR(waits / kDraws, 5'000, 80);
  const double mean = events / kDraws;
  EXPECT_NEAR(mean, 2.5, 0.03);
  EXPECT_NEAR(squares / kDraws - mean * mean, 2.5, 0.08);
}

TEST(Draws, ZipfGivesEachDoublingOfTheRankTheSameShare) {
  Draws draws(3);
  std::vector<int> octaves(4);
  for (int i = 0; i < 80'000; ++i) {
    const auto rank = draws.zipf(15) + 1;
    ASSERT_LE(rank, 15u);
    ++octaves[static_cast<std::size_t>(std::log2(rank))];
  }
  for (const auto times : octaves) EXPECT_NEAR(times, 20'000, 700);
  EXPECT_EQ(draws.zipf(1), 0u);
}

}  // namespace
}  // namespace noroshi::simulate
