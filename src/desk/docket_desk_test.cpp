#include "desk/docket_desk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/folder_for_test.h"
#include "desk/recipe_file.h"
#include "guard/guard_for_test.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;
using for_test::GuardForTest;

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kNow = 1'795'305'600'000;  // 2026-11-22T00:00Z
constexpr std::uint64_t kToday = kNow / kHour;

/// An analyst, and somebody who only counts.
Policy policy() {
  auto policy = GuardForTest::permissive();
  auto& purpose = policy.purposes.front();
  purpose.name = "c2-detection";
  purpose.roles = {"analyst"};
  auto counting = purpose;
  counting.name = "statistics";
  counting.roles = {"clerk"};
  counting.granularity = Granularity::kCounts;
  counting.exports = false;
  policy.purposes.push_back(counting);
  policy.roles = {{"analyst", {}, "c2-detection"}, {"clerk", {}, "statistics"}};
  policy.persons = {
      {.name = "Ann", .account = "ann", .roles = {"analyst"}, .clearances = {{"all", {}}}},
      {.name = "Carl", .account = "carl", .roles = {"clerk"}, .clearances = {{"all", {}}}}};
  return policy;
}

/// One bot that has called a dead server all day, every two minutes.
Contact bot(std::uint64_t hour) {
  Contact contact;
  contact.client = IpAddress::from_v4(0xc6336405).marked();
  contact.server = {IpAddress::from_v4(0xcb007107), Port{48'101}, kTcp};
  contact.flows = contact.connections = contact.packets_up = contact.events_seen = 30;
  contact.bytes_up = 1200;
  contact.tcp_flags_up = 0x02;
  contact.sampling_rate = 1;
  contact.first = hour * kHour;
  contact.last = contact.latest_event = hour * kHour + 29 * 120'000;
  contact.active_hours = {{hour, ~std::uint64_t{0}}};
  for (std::uint64_t call = 0; call < 30; ++call)
    contact.events.push_back({.time = hour * kHour + call * 120'000, .packets_up = 1});
  return contact;
}

class DocketDeskTest : public ::testing::Test {
 protected:
  DocketDeskTest() {
    auto docket = Docket::open({.file = folder_.path() / "docket.db"});
    EXPECT_TRUE(docket) << docket.error().message;
    docket_ = std::move(*docket);
    desk_ = std::make_unique<DocketDesk>(DocketDesk::Dependencies{
        .docket = *docket_,
        .guard = guard_.guard(),
        .contacts = [this](const Access& access) -> Result<HourOfContacts> {
          readers_.push_back(access.who.account + " " + access.purpose);
          return HourOfContacts([](std::uint64_t hour, const auto& sink) -> Status {
            const auto contact = bot(hour);
            return sink(std::span(&contact, 1));
          });
        },
        .record = [this](const AuditEntry& entry) -> Status {
          if (audit_fails_) return failure(ErrorCode::kIo, "the disk is full");
          audit_.push_back(entry);
          return {};
        },
        .now = [] { return from_unix_milliseconds(kNow); },
        .local = [] { return std::vector{Prefix::parse("198.51.100.0/24").value()}; },
        .warnings = [] { return std::make_shared<const WarningLists>(); }});
  }

  Json asked(std::string_view verb, const Json& request, const std::string& account = "ann") {
    const auto answer = desk_->answer(verb, request.dump(), {account, "", ""});
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? Json::parse(*answer) : Json();
  }
  ErrorCode refused(std::string_view verb, const Json& request,
                    const std::string& account = "ann") {
    const auto answer = desk_->answer(verb, request.dump(), {account, "", ""});
    EXPECT_FALSE(answer);
    return answer ? ErrorCode::kIo : answer.error().code;
  }
  Json judged() { return asked("judge", {{"from", kToday - 24}, {"to", kToday}}); }

  for_test::Folder folder_;
  GuardForTest guard_{policy()};
  std::unique_ptr<Docket> docket_;
  std::unique_ptr<DocketDesk> desk_;
  std::vector<AuditEntry> audit_;
  std::vector<std::string> readers_;
  bool audit_fails_ = false;
};

constexpr const char* kServer = "203.0.113.7:48101/tcp";

TEST_F(DocketDeskTest, JudgesADayAndListsItsServer) {
  const auto outcome = judged();
  EXPECT_EQ(outcome.at("listed"), 1);
  EXPECT_EQ(outcome.at("infected"), 1);
  EXPECT_EQ(readers_, std::vector<std::string>{"ann c2-detection"});
  const auto list = asked("list", Json::object());
  ASSERT_EQ(list.at("servers").size(), 1u);
  const auto& server = list.at("servers")[0];
  EXPECT_EQ(server.at("server"), kServer);
  EXPECT_EQ(server.at("state"), "new");
  EXPECT_EQ(server.at("tier"), "B");
  EXPECT_EQ(server.at("verdict").at("recipe"), own_recipe().id);
  EXPECT_EQ(list.at("windows").size(), 1u);
  EXPECT_TRUE(list.at("windows")[0].at("left_out").at("few_clients"));
}

TEST_F(DocketDeskTest, NothingOfTheDocketNamesAClient) {
  judged();
  const auto text =
      asked("list", Json::object()).dump() + asked("show", {{"server", kServer}}).dump();
  EXPECT_EQ(text.find("198.51.100."), std::string::npos);
  const auto infected = asked("infected", {{"from", kToday - 24}, {"to", kToday}});
  EXPECT_EQ(infected.at("lines")[0].at("line"), "~198.51.100.5");
  EXPECT_EQ(infected.at("lines")[0].at("calls_known_server"), true);
}

TEST_F(DocketDeskTest, AWordIsOnTheRecordWithItsReason) {
  judged();
  const auto server = asked("confirm", {{"server", kServer}, {"reason", "its banner"}});
  EXPECT_EQ(server.at("state"), "confirmed");
  EXPECT_EQ(server.at("tier"), "A");
  EXPECT_EQ(server.at("word").at("by"), "Ann");
  const auto& entry = audit_.back();
  EXPECT_EQ(entry.kind, "verdict");
  EXPECT_EQ(entry.who, "ann");
  EXPECT_EQ(entry.what, kServer);
  EXPECT_TRUE(std::ranges::find(entry.details, std::pair<std::string, std::string>(
                                                   "reason", "its banner")) != entry.details.end());
  asked("undo", {{"server", kServer}});
  const auto page = asked("show", {{"server", kServer}});
  EXPECT_EQ(page.at("state"), "new");
  EXPECT_EQ(page.at("life").size(), 3u);
}

TEST_F(DocketDeskTest, WhoMayNotReadContactsIsRefusedOnTheRecord) {
  judged();
  for (const auto* verb : {"list", "infected", "judge"})
    EXPECT_EQ(refused(verb, {{"from", kToday - 24}, {"to", kToday}}, "carl"),
              ErrorCode::kPermission);
  EXPECT_EQ(refused("confirm", {{"server", kServer}, {"reason", "so"}}, "carl"),
            ErrorCode::kPermission);
  EXPECT_EQ(refused("list", Json::object(), "nobody"), ErrorCode::kPermission);
  EXPECT_EQ(std::ranges::count(audit_, std::string("refused"), &AuditEntry::kind), 5);
  EXPECT_EQ(asked("show", {{"server", kServer}}).at("state"), "new");
}

TEST_F(DocketDeskTest, WhatCannotBePutOnRecordDoesNotHappen) {
  judged();
  audit_fails_ = true;
  EXPECT_EQ(refused("confirm", {{"server", kServer}, {"reason", "so"}}), ErrorCode::kIo);
  EXPECT_EQ(refused("list", Json::object()), ErrorCode::kIo);
  audit_fails_ = false;
  EXPECT_EQ(asked("show", {{"server", kServer}}).at("state"), "new");
}

TEST_F(DocketDeskTest, OnlyHoursThatHaveEndedAreJudged) {
  EXPECT_EQ(refused("judge", {{"from", kToday - 24}, {"to", kToday + 1}}),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused("judge", {{"from", kToday}, {"to", kToday}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused("judge", {{"from", 0}, {"to", kToday}}), ErrorCode::kInvalidArgument);
}

TEST_F(DocketDeskTest, RunsAnotherCarriersRecipeBesideOurs) {
  judged();
  auto recipe = Recipe::built_in();
  recipe.rule.tier_b = 0.94999;
  recipe.rule.prior = 1e-6;
  const Json request{{"recipe", recipe_text(recipe)}, {"from", kToday - 24}, {"to", kToday}};
  const auto answer = asked("recipe/run", request);
  EXPECT_EQ(answer.at("servers")[0].at("tier"), "C");
  EXPECT_EQ(answer.at("servers")[0].at("ours").at("tier"), "B");
  EXPECT_NE(answer.at("recipe"), answer.at("own_recipe"));
  EXPECT_EQ(asked("list", Json::object()).at("servers")[0].at("tier"), "B") << "no list changes";
  EXPECT_EQ(
      refused("recipe/run",
              {{"recipe", "version = 1\nnothing = 2\n"}, {"from", kToday - 24}, {"to", kToday}}),
      ErrorCode::kInvalidArgument);
}

TEST_F(DocketDeskTest, RequestsThatCannotBeAreRefused) {
  judged();
  EXPECT_EQ(refused("list", {{"tiers", {"D"}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused("list", {{"states", {"gone"}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused("list", {{"nothing", 1}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused("confirm", {{"server", kServer}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused("confirm", {{"server", "203.0.113.99:1"}, {"reason", "so"}}),
            ErrorCode::kNotFound);
  EXPECT_EQ(refused("sing", Json::object()), ErrorCode::kNotFound);
  EXPECT_EQ(desk_->answer("list", "[]", {"ann", "", ""}).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace noroshi
