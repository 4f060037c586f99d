#include "judge/fuse/recipe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "judge/fuse/reasons.h"
#include "judge/fuse/settle.h"

namespace noroshi {
namespace {

Verdict verdict() {
  Verdict verdict;
  verdict.evidence = {
      {.group = EvidenceGroup::kTemporal, .code = "spectral_line", .log_likelihood_ratio = 2.5},
      {.group = EvidenceGroup::kSocial, .code = "company_of_attackers", .log_likelihood_ratio = 6},
      {.group = EvidenceGroup::kBehaviour, .code = "unanswered_calls", .log_likelihood_ratio = 4},
      {.group = EvidenceGroup::kInfrastructure,
       .code = "known_service_soft",
       .log_likelihood_ratio = -2}};
  settle(verdict);
  return verdict;
}

Recipe::Weight& weight_of(Recipe& recipe, std::string_view code) {
  return *std::ranges::find(recipe.weights, code, &Recipe::Weight::code);
}

TEST(Recipe, TheBuiltInOneJudgesAsTheJudgeDoes) {
  const auto before = verdict();
  auto after = before;
  judge_by(Recipe::built_in(), after);
  EXPECT_EQ(after.tier, before.tier);
  EXPECT_DOUBLE_EQ(after.probability, before.probability);
  EXPECT_EQ(after.evidence.size(), before.evidence.size());
  EXPECT_EQ(after.counter_evidence.size(), 1u);
  EXPECT_EQ(after.would_change, before.would_change);
}

TEST(Recipe, WeighsWhatTheJudgeFound) {
  auto recipe = Recipe::built_in();
  weight_of(recipe, "company_of_attackers").most = 1.5;
  auto after = verdict();
  judge_by(recipe, after);
  EXPECT_LT(after.probability, verdict().probability);
  weight_of(recipe, "known_service_soft").scale = 0;
  auto without = verdict();
  judge_by(recipe, without);
  EXPECT_TRUE(without.counter_evidence.empty());
  EXPECT_GT(without.probability, after.probability);
}

TEST(Recipe, WhatItDoesNotNameCountsForNothing) {
  Recipe recipe;
  auto after = verdict();
  judge_by(recipe, after);
  EXPECT_NEAR(after.probability, kPriorProbability, 1e-12);
  EXPECT_TRUE(after.evidence.empty());
  EXPECT_EQ(after.tier, Tier::kC);
}

TEST(Recipe, MovesTheLinesOfTheTiers) {
  auto recipe = Recipe::built_in();
  recipe.rule.tier_b = 0.9999;
  recipe.rule.tier_a = 0.99999;
  auto after = verdict();
  judge_by(recipe, after);
  EXPECT_EQ(after.tier, Tier::kC);
  EXPECT_NE(verdict().tier, Tier::kC);
}

TEST(Recipe, EveryCodeHasASentenceAndStandsOnce) {
  std::vector<std::string_view> seen;
  for (const auto& code : evidence_codes()) {
    EXPECT_TRUE(std::ranges::find(seen, code.code) == seen.end()) << code.code;
    seen.push_back(code.code);
    Evidence evidence{.group = code.group, .code = code.code};
    for (const auto* name :
         {"period",    "events", "clients", "calls", "all",        "span",      "exchanges",
          "up",        "down",   "rate",    "port",  "service",    "bytes",     "attacks",
          "attackers", "hosts",  "marked",  "lift",  "packets",    "share",     "peers",
          "sources",   "worth",  "model",   "odds",  "reasons_ja", "reasons_en"})
      evidence.arguments.emplace_back(name, "1");
    EXPECT_TRUE(sentence_if_known(evidence)) << code.code;
  }
}

TEST(Reasons, OfAnotherVersionAreNotKnown) {
  EXPECT_FALSE(sentence_if_known("of_next_year"));
  EXPECT_FALSE(sentence_if_known("unanswered_calls")) << "its arguments are not there";
  EXPECT_TRUE(sentence_if_known("would_longer"));
}

}  // namespace
}  // namespace noroshi
