#include "docket/life.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "docket/verdicts_for_test.h"

namespace noroshi {

void PrintTo(DocketState state, std::ostream* out) { *out << to_string(state); }
void PrintTo(Tier tier, std::ostream* out) { *out << to_string(tier); }

namespace {

using for_test::day;
using for_test::server;
using for_test::verdict;

LifeStep judged(const std::optional<DocketEntry>& before, double probability, std::uint64_t until) {
  return step_judged(before, server(), KeptVerdict::of(verdict(probability, day(until)), "r1"),
                     day(until));
}

DocketEntry listed(double probability) { return judged(std::nullopt, probability, 1).entry; }

/// The same after so many days without a call.
DocketEntry unseen_until(DocketEntry entry, std::uint64_t until) {
  for (std::uint64_t number = 2; number <= until; ++number)
    entry = step_unseen(entry, day(number)).entry;
  return entry;
}

TEST(Life, BeginsAsNew) {
  const auto step = judged(std::nullopt, 0.8, 1);
  EXPECT_EQ(step.entry.state(), DocketState::kNew);
  EXPECT_EQ(step.entry.tier(), Tier::kB);
  EXPECT_EQ(step.entry.suspected, day(1));
  EXPECT_EQ(step.entry.listed, day(1));
  ASSERT_TRUE(step.change);
  EXPECT_EQ(step.change->why, why::kListed);
  EXPECT_EQ(step.change->by, "judge");
  EXPECT_EQ(step.change->verdict.evidence.at(0).code, "unanswered_calls");
  EXPECT_EQ(step.change->verdict.recipe, "r1");
  EXPECT_FALSE(judged(std::nullopt, 0.3, 1).entry.suspected);
}

struct Transition {
  const char* name;
  DocketState from;
  double was;    ///< probability
  double is;     ///< of the next day's judgement
  bool against;  ///< with evidence against it that was not there
  DocketState to;
  Tier tier;
  std::string_view why;  ///< empty: no change
};

class Transitions : public ::testing::TestWithParam<Transition> {};

TEST_P(Transitions, OfAJudgementAfterAJudgement) {
  const auto& expected = GetParam();
  auto before = listed(expected.was);
  before.judged_state = expected.from;
  auto next = verdict(expected.is, day(2));
  if (expected.against) next.counter_evidence = {for_test::against()};
  const auto step = step_judged(before, server(), KeptVerdict::of(next, "r2"), day(2));
  EXPECT_EQ(step.entry.state(), expected.to);
  EXPECT_EQ(step.entry.tier(), expected.tier);
  EXPECT_EQ(step.change.has_value(), !expected.why.empty());
  if (step.change) {
    EXPECT_EQ(step.change->why, expected.why);
    EXPECT_EQ(step.change->from, expected.from);
    EXPECT_EQ(step.change->to, expected.to);
    EXPECT_EQ(step.change->verdict.recipe, "r2");
  }
  EXPECT_EQ(step.entry.judged_until, day(2));
  EXPECT_EQ(step.entry.first_seen, before.first_seen);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Transitions,
    ::testing::Values(Transition{"StaysNew", DocketState::kNew, 0.8, 0.8, false, DocketState::kNew,
                                 Tier::kB, ""},
                      Transition{"SmallShift", DocketState::kStrengthened, 0.8, 0.85, false,
                                 DocketState::kStrengthened, Tier::kB, ""},
                      Transition{"RisesToA", DocketState::kNew, 0.9, 0.96, false,
                                 DocketState::kStrengthened, Tier::kA, why::kMoreEvidence},
                      Transition{"RisesWithinATier", DocketState::kNew, 0.1, 0.5, false,
                                 DocketState::kStrengthened, Tier::kC, why::kMoreEvidence},
                      Transition{"FallsWithinATier", DocketState::kStrengthened, 0.5, 0.1, false,
                                 DocketState::kWeakened, Tier::kC, why::kLessEvidence},
                      Transition{"FallsFromAToB", DocketState::kNew, 0.99, 0.8, false,
                                 DocketState::kWeakened, Tier::kB, why::kLessEvidence},
                      Transition{"AQuietDayIsHeldAtB", DocketState::kNew, 0.8, 0.2, false,
                                 DocketState::kWeakened, Tier::kB, why::kLessEvidence},
                      Transition{"AQuietDayOfAIsHeldAtB", DocketState::kNew, 0.99, 0.01, false,
                                 DocketState::kWeakened, Tier::kB, why::kLessEvidence},
                      Transition{"EvidenceAgainstIsNotHeld", DocketState::kNew, 0.99, 0.2, true,
                                 DocketState::kWeakened, Tier::kC, why::kEvidenceAgainst},
                      Transition{"SilentIsCalledAgain", DocketState::kSilent, 0.8, 0.8, false,
                                 DocketState::kStrengthened, Tier::kB, why::kCalledAgain},
                      Transition{"SilentComesBackWeaker", DocketState::kSilent, 0.5, 0.1, false,
                                 DocketState::kWeakened, Tier::kC, why::kLessEvidence},
                      Transition{"ExpiredIsNewAgain", DocketState::kExpired, 0.8, 0.8, false,
                                 DocketState::kNew, Tier::kB, why::kListedAgain}),
    [](const auto& of) { return of.param.name; });

TEST(Life, LessEvidenceIsHeldAtBForAWeekAndNoLonger) {
  auto entry = listed(0.8);
  for (std::uint64_t number = 2; number < 8; ++number) {
    entry = judged(entry, 0.2, number).entry;
    EXPECT_EQ(entry.tier(), Tier::kB) << "day " << number;
  }
  const auto step = judged(entry, 0.2, 8);
  EXPECT_EQ(step.entry.tier(), Tier::kC);
  EXPECT_EQ(step.change->why, why::kLessEvidence);
}

struct Silence {
  double was;
  std::uint64_t days;  ///< after the day on which it was seen last
  DocketState state;
  Tier tier;
};

class Silences : public ::testing::TestWithParam<Silence> {};

TEST_P(Silences, AgeAVerdict) {
  const auto& expected = GetParam();
  const auto entry = unseen_until(listed(expected.was), 1 + expected.days);
  EXPECT_EQ(entry.state(), expected.state);
  EXPECT_EQ(entry.tier(), expected.tier);
}

INSTANTIATE_TEST_SUITE_P(Table, Silences,
                         ::testing::Values(Silence{0.99, 0, DocketState::kNew, Tier::kA},
                                           Silence{0.99, 1, DocketState::kSilent, Tier::kA},
                                           Silence{0.8, 6, DocketState::kSilent, Tier::kB},
                                           Silence{0.99, 6, DocketState::kSilent, Tier::kA},
                                           Silence{0.8, 7, DocketState::kSilent, Tier::kC},
                                           Silence{0.99, 7, DocketState::kSilent, Tier::kC},
                                           Silence{0.99, 29, DocketState::kSilent, Tier::kC},
                                           Silence{0.99, 30, DocketState::kExpired, Tier::kC},
                                           Silence{0.2, 45, DocketState::kExpired, Tier::kC}));

TEST(Life, SilenceIsToldOnceAndItsEndAfterAWeekOnceMore) {
  auto entry = listed(0.8);
  std::vector<std::string> told;
  for (std::uint64_t number = 2; number <= 40; ++number) {
    const auto step = step_unseen(entry, day(number));
    entry = step.entry;
    if (step.change) told.push_back(step.change->why);
  }
  EXPECT_EQ(told, (std::vector<std::string>{"silent", "silent_for_a_week", "expired"}));
}

TEST(Life, AWindowOfAnHourIsNoSilence) {
  const auto entry = listed(0.8);
  const auto step = step_unseen(entry, day(1) + std::chrono::hours(1));
  EXPECT_EQ(step.entry.state(), DocketState::kNew);
  EXPECT_FALSE(step.change);
}

TEST(Life, AnEarlierWindowChangesNothingButWhatWasSeenFirst) {
  const auto entry = judged(listed(0.8), 0.8, 5).entry;
  const auto step = judged(entry, 0.01, 0);
  EXPECT_EQ(step.entry.tier(), Tier::kB);
  EXPECT_FALSE(step.change);
  EXPECT_LT(step.entry.first_seen, entry.first_seen);
  EXPECT_EQ(step.entry.judged_until, entry.judged_until);
  EXPECT_EQ(step_unseen(entry, day(3)).entry, entry);
}

TEST(Life, TheSameWindowAgainChangesNothing) {
  const auto entry = listed(0.8);
  const auto step = judged(entry, 0.8, 1);
  EXPECT_EQ(step.entry, entry);
  EXPECT_FALSE(step.change);
}

DocketEntry said(const DocketEntry& entry, AnalystWord::Kind kind) {
  return step_said(entry, {kind, "Ann", "looked into it", day(1)}).entry;
}

TEST(AnalystsWord, SetsStateAndTierAndIsOnRecord) {
  const auto step =
      step_said(listed(0.8), {AnalystWord::Kind::kConfirm, "Ann", "its banner", day(1)});
  EXPECT_EQ(step.entry.state(), DocketState::kConfirmed);
  EXPECT_EQ(step.entry.tier(), Tier::kA);
  EXPECT_EQ(step.change->by, "Ann");
  EXPECT_EQ(step.change->reason, "its banner");
  EXPECT_EQ(step.change->why, why::kSaid);
  EXPECT_EQ(said(listed(0.99), AnalystWord::Kind::kRefute).tier(), Tier::kC);
  EXPECT_EQ(said(listed(0.8), AnalystWord::Kind::kWatch).tier(), Tier::kB);
  EXPECT_EQ(said(listed(0.8), AnalystWord::Kind::kWatch).state(), DocketState::kWatched);
}

TEST(AnalystsWord, OutlivesDaysOfTheSameEvidenceAndSilence) {
  for (const auto kind :
       {AnalystWord::Kind::kConfirm, AnalystWord::Kind::kRefute, AnalystWord::Kind::kWatch}) {
    auto entry = said(listed(0.8), kind);
    const auto state = entry.state();
    for (const double probability : {0.99, 0.8, 0.4, 0.01, 0.97})
      for (std::uint64_t number = 2; number < 12; ++number) {
        entry = judged(entry, probability, number).entry;
        EXPECT_EQ(entry.state(), state);
      }
    EXPECT_EQ(unseen_until(entry, 60).state(), state);
  }
}

TEST(AnalystsWord, RefutingEndsWithASuspicionOnOtherGrounds) {
  const auto entry = said(listed(0.8), AnalystWord::Kind::kRefute);
  auto next = verdict(0.97, day(2));
  next.evidence.push_back({.group = EvidenceGroup::kSocial,
                           .code = "company_of_attackers",
                           .log_likelihood_ratio = 0.9});
  const auto weak = step_judged(entry, server(), KeptVerdict::of(next, ""), day(2));
  EXPECT_EQ(weak.entry.state(), DocketState::kRefuted) << "what is new hardly speaks";
  next.evidence.back().log_likelihood_ratio = 5;
  const auto strong = step_judged(entry, server(), KeptVerdict::of(next, ""), day(2));
  EXPECT_EQ(strong.entry.state(), DocketState::kStrengthened);
  EXPECT_EQ(strong.entry.tier(), Tier::kA);
  ASSERT_TRUE(strong.change);
  EXPECT_EQ(strong.change->why, why::kWordContradicted);
  EXPECT_EQ(strong.change->from, DocketState::kRefuted);
  next.probability = 0.5;
  next.tier = Tier::kC;
  EXPECT_EQ(step_judged(entry, server(), KeptVerdict::of(next, ""), day(2)).entry.state(),
            DocketState::kRefuted)
      << "no suspicion, whatever the grounds";
}

TEST(AnalystsWord, ConfirmingEndsWithNewEvidenceAgainst) {
  const auto entry = said(listed(0.8), AnalystWord::Kind::kConfirm);
  auto next = verdict(0.1, day(2));
  next.counter_evidence = {for_test::against("known_service_hard")};
  const auto step = step_judged(entry, server(), KeptVerdict::of(next, ""), day(2));
  EXPECT_EQ(step.entry.state(), DocketState::kWeakened);
  EXPECT_EQ(step.entry.tier(), Tier::kC);
  EXPECT_EQ(step.change->why, why::kWordContradicted);
}

TEST(AnalystsWord, TakenBackLeavesWhatTheJudgeThinksByThen) {
  auto entry = said(listed(0.8), AnalystWord::Kind::kRefute);
  entry = judged(entry, 0.97, 2).entry;
  EXPECT_EQ(entry.state(), DocketState::kRefuted);
  const auto step = step_undone(entry, "Ann", "a mistake", day(2));
  EXPECT_EQ(step.entry.state(), DocketState::kStrengthened);
  EXPECT_EQ(step.entry.tier(), Tier::kA);
  EXPECT_EQ(step.change->why, why::kUndone);
  EXPECT_FALSE(step_undone(step.entry, "Ann", "again", day(2)).change);
}

RC_GTEST_PROP(Life, NothingSilentFallsBelowBWithinAWeek, ()) {
  // Whatever days come: weaker judgements without evidence against it, and days without a call.
  auto entry = listed(0.8);
  for (std::uint64_t number = 2; number <= 7; ++number) {
    if (*rc::gen::arbitrary<bool>())
      entry = step_unseen(entry, day(number)).entry;
    else
      entry = judged(entry, *rc::gen::inRange(1, 99) / 100.0, number).entry;
    RC_ASSERT(entry.tier() != Tier::kC);
  }
}

RC_GTEST_PROP(Life, ChangesTellEveryTurnOfStateAndTier, ()) {
  auto entry = listed(0.5);
  for (std::uint64_t number = 2; number < 60; ++number) {
    const auto before = entry;
    const auto choice = *rc::gen::inRange(0, 10);
    LifeStep step;
    if (choice == 0)
      step = step_said(
          entry, {static_cast<AnalystWord::Kind>(*rc::gen::inRange(0, 3)), "Ann", "", day(number)});
    else if (choice == 1)
      step = step_undone(entry, "Ann", "", day(number));
    else if (choice < 5)
      step = step_unseen(entry, day(number));
    else
      step = judged(entry, *rc::gen::inRange(1, 100) / 100.0, number);
    entry = step.entry;
    // Under an analyst's word the judge's part goes on and is told too.
    if (before.state() != entry.state() || before.tier() != entry.tier()) RC_ASSERT(step.change);
    if (step.change) {
      RC_ASSERT(step.change->from == before.state());
      RC_ASSERT(step.change->to == entry.state());
      RC_ASSERT(step.change->to_tier == entry.tier());
    }
  }
}

}  // namespace
}  // namespace noroshi
