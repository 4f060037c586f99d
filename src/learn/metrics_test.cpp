#include "learn/metrics.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "learn/isotonic.h"

namespace noroshi {
namespace {

const std::vector<Scored> kFour{{0.9, true}, {0.8, false}, {0.7, true}, {0.1, false}};

TEST(Metrics, AreThoseOfASmallListByHand) {
  EXPECT_DOUBLE_EQ(roc_area(kFour), 0.75);
  EXPECT_DOUBLE_EQ(average_precision(kFour), 0.5 * 1 + 0.5 * 2 / 3);
  const auto none_wrong = at_false_positive_rate(kFour, 0);
  EXPECT_EQ(none_wrong.found, 1u);
  EXPECT_DOUBLE_EQ(none_wrong.threshold, 0.9);
  const auto half_wrong = at_false_positive_rate(kFour, 0.5);
  EXPECT_DOUBLE_EQ(half_wrong.recall, 1);
  EXPECT_EQ(half_wrong.false_positives, 1u);
}

TEST(Metrics, TakeTiesAsOneStep) {
  const std::vector<Scored> equal{{0.5, true}, {0.5, false}, {0.5, false}, {0.5, true}};
  EXPECT_DOUBLE_EQ(roc_area(equal), 0.5);
  EXPECT_DOUBLE_EQ(average_precision(equal), 0.5);
  EXPECT_EQ(at_false_positive_rate(equal, 0.4).found, 0u);
}

TEST(Metrics, FindNothingWithoutPositives) {
  const std::vector<Scored> negatives{{0.5, false}, {0.1, false}};
  EXPECT_DOUBLE_EQ(roc_area(negatives), 0.5);
  EXPECT_DOUBLE_EQ(average_precision(negatives), 0);
  EXPECT_DOUBLE_EQ(at_false_positive_rate(negatives, 1).recall, 0);
}

TEST(Metrics, CalibrationErrorIsWhatWasSaidTooMuch) {
  std::vector<Scored> said;
  for (int index = 0; index < 100; ++index) said.push_back({0.3, index < 30});
  EXPECT_NEAR(calibration_error(said, 1), 0, 1e-12);
  for (auto& one : said) one.score = 0.5;
  EXPECT_NEAR(calibration_error(said, 1), 0.2, 1e-12);
}

RC_GTEST_PROP(Metrics, RocAreaIsTheShareOfPairsInOrder, ()) {
  const auto scores = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
  std::vector<Scored> scored;
  for (const int score : scores)
    scored.push_back({static_cast<double>(score), *rc::gen::arbitrary<bool>()});
  double wins = 0, pairs = 0;
  for (const auto& one : scored)
    for (const auto& other : scored) {
      if (!one.positive || other.positive) continue;
      pairs += 1;
      wins += one.score > other.score ? 1 : one.score == other.score ? 0.5 : 0;
    }
  RC_ASSERT(std::abs(roc_area(scored) - (pairs == 0 ? 0.5 : wins / pairs)) < 1e-12);
}

TEST(Isotonic, PoolsWhatIsOutOfOrderAndIsNeverCertain) {
  const auto fit = fitted_isotonic(kFour);
  double before = 0;
  for (double score = 0; score <= 1; score += 0.05) {
    const double probability = fit.probability(score);
    EXPECT_GE(probability, before);
    EXPECT_GT(probability, 0);
    EXPECT_LT(probability, 1);
    before = probability;
  }
}

TEST(Isotonic, MakesScoresProbabilities) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> uniform(0, 1);
  const auto draw = [&](std::size_t count) {
    std::vector<Scored> scored;
    for (std::size_t index = 0; index < count; ++index) {
      const double score = uniform(random);
      scored.push_back({score, uniform(random) < score * score});  // said too much
    }
    return scored;
  };
  const auto fit = fitted_isotonic(draw(20'000));
  auto test = draw(20'000);
  EXPECT_GT(calibration_error(test, 15), 0.1);
  for (auto& one : test) one.score = fit.probability(one.score);
  EXPECT_LT(calibration_error(test, 15), 0.02);
}

TEST(Isotonic, SaysNothingBeforeItIsFitted) { EXPECT_DOUBLE_EQ(Calibration().probability(3), 0.5); }

}  // namespace
}  // namespace noroshi
