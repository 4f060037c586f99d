#include "judge/social/enrichment.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

namespace noroshi {
namespace {

TEST(HypergeometricTail, CountsHandsOfFiveCards) {
  // At least one ace among five of 52 cards, and all four.
  EXPECT_NEAR(std::exp(log_hypergeometric_tail(52, 4, 5, 1)), 1 - 1712304.0 / 2598960, 1e-9);
  EXPECT_NEAR(std::exp(log_hypergeometric_tail(52, 4, 5, 4)), 48.0 / 2598960, 1e-12);
  EXPECT_DOUBLE_EQ(log_hypergeometric_tail(52, 4, 5, 0), 0);
  EXPECT_EQ(log_hypergeometric_tail(52, 4, 5, 5), -HUGE_VAL);
  EXPECT_DOUBLE_EQ(log_hypergeometric_tail(10, 9, 5, 4), 0);  // four of five are good at least
}

RC_GTEST_PROP(HypergeometricTail, IsTheSumOfItsTerms, ()) {
  const auto all = *rc::gen::inRange<std::uint64_t>(1, 60);
  const auto good = *rc::gen::inRange<std::uint64_t>(0, all + 1);
  const auto drawn = *rc::gen::inRange<std::uint64_t>(0, all + 1);
  const auto least = *rc::gen::inRange<std::uint64_t>(0, drawn + 2);
  const auto choose = [](std::uint64_t n, std::uint64_t k) {
    if (k > n) return 0.0L;
    long double ways = 1;
    for (std::uint64_t i = 1; i <= k; ++i)
      ways = ways * static_cast<long double>(n - k + i) / static_cast<long double>(i);
    return ways;
  };
  long double sum = 0;
  for (auto k = least; k <= drawn; ++k)
    if (drawn - k <= all - good) sum += choose(good, k) * choose(all - good, drawn - k);
  const auto expected = static_cast<double>(sum / choose(all, drawn));
  RC_ASSERT(std::abs(std::exp(log_hypergeometric_tail(all, good, drawn, least)) - expected) < 1e-9);
}

TEST(Wilson, BoundsAShareAsPublished) {
  // Brown, Cai and DasGupta (2001): at 1.96 deviations, 0 of 10 lies in [0, 0.2775].
  EXPECT_NEAR(wilson_low(0, 10, 1.96), 0, 1e-12);
  EXPECT_NEAR(wilson_high(0, 10, 1.96), 0.2775, 1e-4);
  EXPECT_NEAR(wilson_low(10, 10, 1.96), 1 - 0.2775, 1e-4);
  EXPECT_EQ(wilson_low(0, 0, 1.96), 0);
  EXPECT_EQ(wilson_high(0, 0, 1.96), 1);
}

TEST(Enrichment, SpeaksForAServerWhoseClientsAreMarkedAndSaysHowMuchMoreOften) {
  const auto found = enrichment_of({.hosts = 100'000, .marked = 200, .clients = 12, .both = 7});
  EXPECT_LT(found.log_chance, std::log(1e-15));
  EXPECT_GT(found.lift, 100);
  EXPECT_GT(found.log_likelihood_ratio, 20);
}

TEST(Enrichment, SaysNothingOfOneMarkedClientAmongManyOfAPopularServer) {
  const auto found = enrichment_of({.hosts = 100'000, .marked = 200, .clients = 5'000, .both = 10});
  EXPECT_GT(found.log_chance, std::log(0.3));
  EXPECT_LE(found.log_likelihood_ratio, 0);
  EXPECT_GE(found.log_likelihood_ratio, -kMostOfNone);
}

TEST(Enrichment, SaysNothingWhereNothingIsMarked) {
  const auto found = enrichment_of({.hosts = 1'000, .marked = 0, .clients = 5, .both = 0});
  EXPECT_EQ(found.log_likelihood_ratio, 0);
  EXPECT_EQ(found.lift, 0);
}

TEST(Enrichment, RarelySpeaksOfClientsThatWereDrawnAtRandom) {
  // A likelihood ratio above 100 has, under the other hypothesis, a chance of 1 in 100 at most.
  std::mt19937_64 random(3);
  std::binomial_distribution<std::uint64_t> marked(8, 0.02);
  int strong = 0;
  constexpr int kServers = 20'000;
  for (int server = 0; server < kServers; ++server) {
    const Overlap overlap{.hosts = 10'000, .marked = 200, .clients = 8, .both = marked(random)};
    strong += enrichment_of(overlap).log_likelihood_ratio > std::log(100) ? 1 : 0;
  }
  EXPECT_LE(strong, kServers / 100);
}

}  // namespace
}  // namespace noroshi
