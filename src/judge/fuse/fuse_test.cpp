#include <gtest/gtest.h>

#include <cmath>

#include "judge/fuse/fusion.h"
#include "judge/fuse/reasons.h"

namespace noroshi {
namespace {

Evidence evidence(EvidenceGroup group, double llr) {
  return {.group = group, .code = "inside", .log_likelihood_ratio = llr};
}

TEST(Fusion, WithoutEvidenceIsThePrior) {
  const auto fusion = fuse({});
  EXPECT_NEAR(fusion.probability, kPriorProbability, 1e-12);
  EXPECT_EQ(fusion.tier, Tier::kC);
}

TEST(Fusion, AddsLogOddsAcrossGroupsAndCapsEach) {
  const std::vector one{
      evidence(EvidenceGroup::kTemporal, 2), evidence(EvidenceGroup::kTemporal, 9),
      evidence(EvidenceGroup::kBehaviour, 4), evidence(EvidenceGroup::kInfrastructure, -1)};
  const double sum = std::log(kPriorProbability / (1 - kPriorProbability)) +
                     cap_of(EvidenceGroup::kTemporal) + 4 - 1;
  EXPECT_NEAR(fuse(one).probability, 1 / (1 + std::exp(-sum)), 1e-12);
}

TEST(Fusion, DoesNotCapWhatSpeaksAgainst) {
  const std::vector one{evidence(EvidenceGroup::kBehaviour, 8),
                        evidence(EvidenceGroup::kInfrastructure, -8),
                        evidence(EvidenceGroup::kInfrastructure, -8)};
  EXPECT_LT(fuse(one).probability, 1e-6);
}

TEST(Fusion, NeverReachesTierAFromOneHostsBehaviourAndTiming) {
  const std::vector own{evidence(EvidenceGroup::kTemporal, 100),
                        evidence(EvidenceGroup::kBehaviour, 100),
                        evidence(EvidenceGroup::kInfrastructure, 100)};
  EXPECT_GE(fuse(own).probability, kTierA);
  EXPECT_EQ(fuse(own).tier, Tier::kB);
  auto with_intelligence = own;
  with_intelligence.push_back(evidence(EvidenceGroup::kIntelligence, 2));
  EXPECT_EQ(fuse(with_intelligence).tier, Tier::kA);
}

TEST(Fusion, NeedsMoreThanTimingForTierB) {
  const std::vector one{evidence(EvidenceGroup::kTemporal, 100)};
  EXPECT_LT(fuse(one).probability, kTierB);
}

TEST(Reasons, AreFilledInInBothLanguages) {
  const Evidence one{.group = EvidenceGroup::kTemporal,
                     .code = "regular_intervals",
                     .arguments = {{"period", "60 s"}, {"events", "100"}}};
  const auto sentence = sentence_of(one);
  EXPECT_EQ(sentence.en, "calls at regular intervals of about 60 s (100 times)");
  EXPECT_EQ(sentence.ja, "約60秒間隔で規則正しく通信している（100回）");
}

}  // namespace
}  // namespace noroshi
