#include "judge/intelligence/listed.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "judge/fuse/fusion.h"
#include "judge/fuse/reasons.h"

namespace noroshi {
namespace {

TEST(Listed, SaysNothingWithoutAWordOrOfOneThatIsWorthNothing) {
  EXPECT_FALSE(listed_evidence({}).has_value());
  const std::vector<SourceWord> worthless{{"old", 0.0005, true}};
  EXPECT_FALSE(listed_evidence(worthless).has_value());
}

TEST(Listed, BringsThePriorToWhatTheSourceIsWorth) {
  const std::vector<SourceWord> one{{"feodo", 0.2, true}};
  const auto evidence = listed_evidence(one);
  ASSERT_TRUE(evidence.has_value());
  EXPECT_NEAR(fuse(std::vector{*evidence}).probability, 0.2, 1e-9);
}

TEST(Listed, AddsIndependentSourcesAsANoisyOrAndHalvesAnotherPort) {
  const std::vector<SourceWord> two{{"a", 0.1, true}, {"b", 0.2, false}};
  EXPECT_NEAR(listed_evidence(two)->statistic, 1 - 0.9 * 0.9, 1e-12);
}

TEST(Listed, IsNeverProofByItself) {
  const std::vector<SourceWord> sure{{"a", 1, true}, {"b", 1, true}, {"c", 1, true}};
  const auto evidence = listed_evidence(sure);
  EXPECT_TRUE(std::isfinite(evidence->log_likelihood_ratio));
  EXPECT_EQ(fuse(std::vector{*evidence}).tier, Tier::kC);
  EXPECT_EQ(sentence_of(*evidence).en, "listed by a, b, c, whose word is worth 100 % by now");
}

}  // namespace
}  // namespace noroshi
