#include "docket/docket.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/folder_for_test.h"
#include "docket/entry_json.h"
#include "docket/verdicts_for_test.h"

namespace noroshi {
namespace {

using for_test::day;
using for_test::server;
using for_test::verdict;

Docket::Window window(std::uint64_t until, bool whole = true) {
  return {.from = day(until) - std::chrono::hours(24),
          .to = day(until),
          .made = day(until),
          .by = "system:judge",
          .recipe = "r1",
          .whole = whole,
          .summary = "{}"};
}

ServerName name_of(const Endpoint& endpoint) {
  return {endpoint.address, endpoint.port, endpoint.protocol};
}

Status on_record(const DocketEntry&, const DocketChange&) { return {}; }

class DocketFile : public ::testing::Test {
 protected:
  DocketFile() { reopen(); }
  void reopen(std::size_t most_changes = 300, std::size_t most_new = 1000,
              std::size_t most_entries = 50'000) {
    docket_.reset();
    auto opened = Docket::open({.file = folder_.path() / "docket.db",
                                .most_new = most_new,
                                .most_entries = most_entries,
                                .most_changes = most_changes});
    ASSERT_TRUE(opened) << opened.error().message;
    docket_ = std::move(*opened);
  }
  Docket::Outcome take(std::uint64_t until, const std::vector<Verdict>& verdicts,
                       bool whole = true) {
    auto outcome = docket_->take(window(until, whole), verdicts);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(Docket::Outcome{});
  }
  std::vector<std::string> names(const Docket::Selection& selection) {
    std::vector<std::string> result;
    const auto list = docket_->list(selection);
    EXPECT_TRUE(list) << list.error().message;
    for (const auto& entry : list->entries) result.push_back(entry.server.to_string());
    return result;
  }

  for_test::Folder folder_;
  std::unique_ptr<Docket> docket_;
};

TEST_F(DocketFile, ListsTheLikeliestFirstAndNothingUnlikely) {
  const auto outcome = take(1, {verdict(0.01, day(1), 1), verdict(0.8, day(1), 2),
                                verdict(0.2, day(1), 3), verdict(0.99, day(1), 4)});
  EXPECT_EQ(outcome.listed, 3u);
  EXPECT_EQ(outcome.too_unlikely, 1u);
  EXPECT_EQ(names({}),
            (std::vector{server(4).to_string(), server(2).to_string(), server(3).to_string()}));
  EXPECT_EQ(names({.tiers = {Tier::kB}}), std::vector{server(2).to_string()});
  EXPECT_EQ(names({.states = {DocketState::kConfirmed}}), std::vector<std::string>{});
  const auto some = docket_->list({.most = 1});
  EXPECT_EQ(some->entries.size(), 1u);
  EXPECT_EQ(some->left_out, 2u);
}

TEST_F(DocketFile, KeepsALifeAndAWordOverARestart) {
  take(1, {verdict(0.8, day(1))});
  const auto said = docket_->say(
      name_of(server()), {AnalystWord::Kind::kConfirm, "Ann", "its banner", day(1)}, on_record);
  ASSERT_TRUE(said) << said.error().message;
  reopen();
  take(2, {});
  const auto life = docket_->find({server().address, server().port, std::nullopt});
  ASSERT_TRUE(life) << life.error().message;
  EXPECT_EQ(life->entry.state(), DocketState::kConfirmed);
  EXPECT_EQ(life->entry.word->reason, "its banner");
  ASSERT_EQ(life->changes.size(), 3u);
  EXPECT_EQ(life->changes[0].why, why::kListed);
  EXPECT_EQ(life->changes[1].why, why::kSaid);
  EXPECT_EQ(life->changes[1].by, "Ann");
  EXPECT_EQ(life->changes[2].why, why::kSilent);
  EXPECT_EQ(life->changes[2].verdict.evidence, life->changes[0].verdict.evidence);
}

TEST_F(DocketFile, WhatCannotBePutOnRecordIsNotSaid) {
  take(1, {verdict(0.8, day(1))});
  const auto said =
      docket_->say(name_of(server()), {AnalystWord::Kind::kRefute, "Ann", "no", day(1)},
                   [](const auto&, const auto&) -> Status {
                     return failure(ErrorCode::kIo, "the audit's disk is full");
                   });
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().message, "the audit's disk is full");
  const auto life = docket_->find(name_of(server()));
  EXPECT_EQ(life->entry.state(), DocketState::kNew);
  EXPECT_EQ(life->changes.size(), 1u);
}

TEST_F(DocketFile, UndoNeedsAWord) {
  take(1, {verdict(0.8, day(1))});
  EXPECT_EQ(docket_->undo(name_of(server()), "Ann", "", day(1), on_record).error().code,
            ErrorCode::kNotFound);
  ASSERT_TRUE(
      docket_->say(name_of(server()), {AnalystWord::Kind::kRefute, "Ann", "", day(1)}, on_record));
  EXPECT_TRUE(names({}).empty()) << "refuted servers are not on the list";
  ASSERT_TRUE(docket_->undo(name_of(server()), "Bob", "a mistake", day(1), on_record));
  EXPECT_EQ(names({}).size(), 1u);
}

TEST_F(DocketFile, OnlyAWholeWindowMakesAServerSilent) {
  take(1, {verdict(0.8, day(1))});
  take(3, {}, false);
  EXPECT_EQ(docket_->find(name_of(server()))->entry.state(), DocketState::kNew);
  take(3, {}, true);
  EXPECT_EQ(docket_->find(name_of(server()))->entry.state(), DocketState::kSilent);
}

TEST_F(DocketFile, IsBoundedAndCountsWhatThatCosts) {
  reopen(5, 3, 4);
  std::vector<Verdict> many;
  for (std::uint32_t at = 0; at < 10; ++at) many.push_back(verdict(0.5 + at * 0.01, day(1), at));
  const auto first = take(1, many);
  EXPECT_EQ(first.listed, 3u);
  EXPECT_EQ(first.left_out, 7u);
  EXPECT_EQ(names({}).front(), server(9).to_string()) << "the likeliest go first";
  // Forty days later the three have expired; three more make room go short.
  take(41, {});
  std::vector<Verdict> others;
  for (std::uint32_t at = 20; at < 23; ++at) others.push_back(verdict(0.9, day(42), at));
  EXPECT_EQ(take(42, others).removed, 2u);
  std::uint64_t removed = 0;
  for (std::uint64_t number = 43; number < 60; ++number)
    removed += take(number, {verdict(number % 2 == 0 ? 0.99 : 0.8, day(number), 20)}, false)
                   .changes_removed;
  EXPECT_GT(removed, 10u);
  EXPECT_EQ(docket_->find(name_of(server(20)))->changes.size(), 5u);
}

TEST_F(DocketFile, WhatPeopleSaidOutlivesTheBound) {
  reopen(4);
  take(1, {verdict(0.8, day(1))});
  ASSERT_TRUE(docket_->say(name_of(server()), {AnalystWord::Kind::kWatch, "Ann", "why", day(1)},
                           on_record));
  for (std::uint64_t number = 2; number < 20; ++number)
    take(number, {verdict(number % 2 == 0 ? 0.99 : 0.8, day(number))});
  const auto life = docket_->find(name_of(server()));
  EXPECT_EQ(life->changes.size(), 4u);
  EXPECT_EQ(life->changes.front().by, "Ann");
}

TEST_F(DocketFile, RemembersWhichWindowsWereJudged) {
  take(1, {});
  take(2, {});
  take(2, {});
  const auto windows = docket_->windows(10);
  ASSERT_TRUE(windows);
  ASSERT_EQ(windows->size(), 2u);
  EXPECT_EQ(windows->front().to, day(2));
  EXPECT_EQ(windows->front().by, "system:judge");
}

TEST_F(DocketFile, AnUnknownServerIsNotFound) {
  EXPECT_EQ(docket_->find(name_of(server(99))).error().code, ErrorCode::kNotFound);
}

TEST_F(DocketFile, ANameThatFitsTwoServersIsAsked) {
  auto other = verdict(0.8, day(1));
  other.server.protocol = kUdp;
  take(1, {verdict(0.8, day(1)), other});
  EXPECT_EQ(docket_->find({server().address, server().port, std::nullopt}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_TRUE(docket_->find({server().address, server().port, kUdp}));
}

TEST(ServerName, IsReadAsPeopleWriteIt) {
  EXPECT_EQ(parse_server("192.0.2.1:23")->port.value, 23);
  EXPECT_FALSE(parse_server("192.0.2.1:23")->protocol);
  EXPECT_EQ(parse_server("192.0.2.1:53/udp")->protocol, kUdp);
  EXPECT_EQ(parse_server("[2001:db8::1]:443/tcp")->address.to_string(), "2001:db8::1");
  for (const auto* wrong :
       {"", "192.0.2.1", "192.0.2.1:", "192.0.2.1:99999", "192.0.2.1:1x", "2001:db8::1:443",
        "[192.0.2.1]:1", "192.0.2.1:23/nothing", "~192.0.2.1:23", ":23", "[]:23"})
    EXPECT_FALSE(parse_server(wrong)) << wrong;
}

TEST(ServerName, IsWhatAnEndpointPrints) {
  for (const auto& endpoint :
       {server(), Endpoint{IpAddress::parse("2001:db8::5").value(), Port{65535}, kUdp},
        Endpoint{IpAddress::from_v4(1), Port{0}, Protocol{47}}}) {
    const auto name = parse_server(endpoint.to_string());
    ASSERT_TRUE(name) << endpoint.to_string();
    EXPECT_TRUE(name->names(endpoint));
  }
}

TEST(EntryJson, GivesBackWhatItWasGiven) {
  auto judged = verdict(0.8, day(1));
  judged.counter_evidence = {for_test::against()};
  judged.evidence[0].arguments.emplace_back("span", "\"quoted\" 三時間");
  auto entry = step_judged(std::nullopt, server(), KeptVerdict::of(judged, "r"), day(1)).entry;
  EXPECT_EQ(docket_entry_from_json(to_json(entry)), entry);
  const auto step = step_said(entry, {AnalystWord::Kind::kWatch, "安", "理由", day(2)});
  EXPECT_EQ(docket_entry_from_json(to_json(step.entry)), step.entry);
  EXPECT_EQ(docket_change_from_json(to_json(*step.change)), *step.change);
}

RC_GTEST_PROP(EntryJson, DamageIsAnErrorAndNoEnd, ()) {
  const auto entry =
      step_judged(std::nullopt, server(), KeptVerdict::of(verdict(0.8, day(1)), "r"), day(1)).entry;
  auto text = to_json(entry);
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  if (*rc::gen::arbitrary<bool>())
    text[at] = *rc::gen::element('"', '{', '}', '[', '1', '-', 'x', ',', 'n');
  else
    text.erase(at, *rc::gen::inRange<std::size_t>(1, 40));
  // Whatever comes of it, it is an entry or an error.
  if (const auto read = docket_entry_from_json(text); !read)
    RC_ASSERT(read.error().code == ErrorCode::kMalformed);
}

}  // namespace
}  // namespace noroshi
