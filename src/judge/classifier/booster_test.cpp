#include "judge/classifier/booster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace noroshi {
namespace {

constexpr auto kLift = static_cast<std::size_t>(ServerFeature::kAttackersLift);
constexpr auto kUp = static_cast<std::size_t>(ServerFeature::kUpShare);

/// C&C servers have more attackers among their clients; everything else is noise, some of it
/// missing.
std::vector<Booster::Example> examples(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> noise(0, 1);
  std::vector<Booster::Example> made(count);
  for (std::size_t index = 0; index < count; ++index) {
    auto& one = made[index];
    one.positive = index % 4 == 0;
    for (auto& value : one.features)
      value = random() % 10 == 0 ? std::numeric_limits<float>::quiet_NaN() : noise(random);
    one.features[kLift] = noise(random) + (one.positive ? 3.0F : 0.0F);
  }
  return made;
}

Booster trained(std::uint32_t seed = 1) {
  return Booster::trained(examples(800, 5), {.rounds = 40, .seed = seed}).value();
}

std::vector<ServerFeatures> rows_of(const std::vector<Booster::Example>& all) {
  std::vector<ServerFeatures> rows;
  for (const auto& one : all) rows.push_back(one.features);
  return rows;
}

TEST(Booster, TellsServersItNeverSawApart) {
  const auto test = examples(400, 6);
  const auto margins = trained().margins(rows_of(test)).value();
  std::size_t right = 0;
  for (std::size_t index = 0; index < test.size(); ++index)
    right += (margins[index] > 0) == test[index].positive ? 1U : 0U;
  EXPECT_GT(right, 360u);
}

TEST(Booster, IsTheSameOctetByOctetForTheSameExamplesAndSeed) {
  EXPECT_EQ(trained().json().value(), trained().json().value());
  EXPECT_NE(trained(1).json().value(), trained(2).json().value());
}

TEST(Booster, SaysTheSameWhenReadBack) {
  const auto booster = trained();
  const auto read = Booster::parse(booster.json().value());
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const auto rows = rows_of(examples(50, 7));
  EXPECT_EQ(booster.margins(rows).value(), read->margins(rows).value());
}

TEST(Booster, NeverHoldsMoreAttackersForAServersInnocence) {
  const auto booster = trained();
  auto rows = rows_of(examples(40, 8));
  for (auto& row : rows) {
    std::vector<ServerFeatures> ladder;
    for (float lift = -3; lift <= 6; lift += 0.5F) {
      row[kLift] = lift;
      ladder.push_back(row);
    }
    const auto margins = booster.margins(ladder).value();
    EXPECT_TRUE(std::ranges::is_sorted(margins));
  }
}

TEST(Booster, ExplainsAMarginBySharesThatAddUpToIt) {
  const auto booster = trained();
  const auto rows = rows_of(examples(20, 9));
  const auto margins = booster.margins(rows).value();
  const auto contributions = booster.contributions(rows).value();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    double sum = 0;
    for (const float part : contributions[row]) sum += part;
    EXPECT_NEAR(sum, margins[row], 1e-3);
    EXPECT_GE(std::abs(contributions[row][kLift]), std::abs(contributions[row][kUp]));
  }
}

TEST(Booster, RefusesWhatIsNoModelAndExamplesOfOneKind) {
  EXPECT_FALSE(Booster::parse("{}").has_value());
  EXPECT_FALSE(Booster::parse("").has_value());
  auto whole = trained().json().value();
  EXPECT_FALSE(Booster::parse(std::string_view(whole).substr(0, whole.size() / 2)).has_value());
  std::vector<Booster::Example> one_kind(10);
  const auto refused = Booster::trained(one_kind, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace noroshi
