#include "simulate/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;

TEST(Random, IsTheGeneratorItsAuthorsPublished) {
  // xoshiro256** whose state SplitMix64 fills from seed 0.
  Random random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452au);
}

TEST(Random, StaysWithinItsBounds) {
  Random random(1);
  bool least = false;
  bool most = false;
  for (int i = 0; i < 10'000; ++i) {
    const auto value = random.between(3, 7);
    ASSERT_GE(value, 3u);
    ASSERT_LE(value, 7u);
    least = least || value == 3;
    most = most || value == 7;
    const auto tail = random.heavy_tailed(10, 1'000, 800);
    ASSERT_GE(tail, 10u);
    ASSERT_LE(tail, 1'000u);
  }
  EXPECT_TRUE(least && most);
}

TEST(Random, DrawsExponentialsWithTheRightMeanAndSpread) {
  Random random(2);
  constexpr int kDraws = 200'000;
  double sum = 0;
  double squares = 0;
  int beyond = 0;
  for (int i = 0; i < kDraws; ++i) {
    const auto value = static_cast<double>(random.exponential()) / 4294967296.0;
    sum += value;
    squares += value * value;
    if (value > 3) ++beyond;
  }
  EXPECT_NEAR(sum / kDraws, 1.0, 0.02);
  EXPECT_NEAR(squares / kDraws, 2.0, 0.1);
  EXPECT_NEAR(static_cast<double>(beyond) / kDraws, std::exp(-3.0), 0.003);
}

TEST(Random, DrawsHeavyTailsThatLoseTheSameShareAtEachDoubling) {
  Random random(3);
  int above[3] = {};
  for (int i = 0; i < 100'000; ++i) {
    const auto value = random.heavy_tailed(1'000, 1'000'000'000, 500);
    for (int k = 0; k < 3; ++k)
      if (value >= 1'000u << (k + 1)) ++above[k];
  }
  EXPECT_NEAR(above[0], 50'000, 1'000);
  EXPECT_NEAR(above[1], 25'000, 1'000);
  EXPECT_NEAR(above[2], 12'500, 1'000);
}

TEST(Random, ForksStreamsThatDoNotFollowOneAnother) {
  const Random random(4);
  auto one = random.fork(1);
  auto same = random.fork(1);
  auto other = random.fork(2);
  EXPECT_EQ(one.next(), same.next());
  EXPECT_NE(one.next(), other.next());
}

TEST(PacketSampler, TakesEveryPacketAtOneInOne) {
  PacketSampler sampler(1, Random(5));
  const auto taken = sampler.take(17);
  EXPECT_EQ(taken.count, 17u);
  EXPECT_EQ(taken.first, 0u);
  EXPECT_EQ(taken.last, 16u);
  EXPECT_EQ(sampler.take(0).count, 0u);
}

class PacketSamplerRate : public testing::TestWithParam<std::uint32_t> {};

TEST_P(PacketSamplerRate, TakesOneInNWithBinomialSpread) {
  const auto rate = GetParam();
  PacketSampler sampler(rate, Random(6));
  // Many flows of few packets, as most are; their counts must be binomial like one long count.
  constexpr std::uint64_t kFlows = 400'000;
  constexpr std::uint64_t kPackets = 5;
  std::uint64_t taken = 0;
  double squares = 0;
  for (std::uint64_t i = 0; i < kFlows; ++i) {
    const auto count = sampler.take(kPackets).count;
    taken += count;
    squares += static_cast<double>(count * count);
  }
  const double p = 1.0 / rate;
  const double mean = kPackets * p;
  const double deviation = std::sqrt(kFlows * mean * (1 - p));
  EXPECT_NEAR(static_cast<double>(taken), kFlows * mean, 5 * deviation);
  const double variance = squares / kFlows - mean * mean;
  EXPECT_NEAR(variance / (mean * (1 - p)), 1.0, 0.15);
}
INSTANTIATE_TEST_SUITE_P(Rates, PacketSamplerRate, testing::Values(2, 3, 10, 100, 1000));

TEST(PacketSampler, TakesEachPlaceInAGroupEquallyOften) {
  PacketSampler sampler(4, Random(7));
  std::vector<int> places(8);
  for (int i = 0; i < 40'000; ++i)
    for (auto index = sampler.next(0, 8); index; index = sampler.next(*index + 1, 8))
      ++places[static_cast<std::size_t>(*index)];
  for (const auto count : places) EXPECT_NEAR(count, 10'000, 450);
}

}  // namespace
}  // namespace noroshi::simulate
