#include "guard/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

#include "filter/parse.h"
#include "filter/print.h"
#include "guard/grant.h"
#include "guard/guard_for_test.h"

namespace noroshi {
namespace {

using for_test::GuardForTest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint64_t kNow = 1'795'305'600'000;  // 2026-11-22T00:00Z, 09:00 in Japan
constexpr std::uint64_t kDay = 86'400'000;

// A read is permitted once: nobody copies a permission, or makes one.
static_assert(!std::is_copy_constructible_v<Granted<GroupQuestion>>);
static_assert(!std::is_default_constructible_v<Granted<GroupQuestion>>);
static_assert(!std::is_constructible_v<Granted<RowsQuestion>, RowsQuestion, GrantTerms>);

Condition filter(const std::string& text) { return *parse_filter(text, {}, Timestamp{}); }

GroupQuestion about(const std::string& text) {
  GroupQuestion question;
  question.filter = filter(text);
  return question;
}

std::vector<Prefix> subscribers() {
  return {*Prefix::parse("198.51.100.0/24"), *Prefix::parse("2001:db8:100::/40")};
}

Policy policy_with_people() {
  auto policy = built_in_policy();
  const auto add = [&](const char* account, std::vector<std::string> roles, const char* data_class,
                       std::chrono::year_month_day until) {
    policy.persons.push_back(
        {account, account, std::move(roles), {{data_class, std::chrono::sys_days(until)}}});
  };
  using namespace std::chrono;
  add("analyst", {"analyst"}, "communications", 2027y / March / 31);
  add("late", {"analyst"}, "communications", 2026y / November / 21);
  add("counter", {"operator", "researcher"}, "statistics", 2027y / March / 31);
  add("officer", {"privacy-officer"}, "subscribers", 2027y / March / 31);
  add("desk", {"notice-desk"}, "subscribers", 2027y / March / 31);
  policy.default_role.clear();
  return policy;
}

class GuardTest : public testing::Test {
 protected:
  [[nodiscard]] Access access(const char* account, const char* purpose = "",
                              const char* case_id = "") {
    return {guard_.guard().person_of(account), purpose, case_id};
  }
  template <typename Question, typename... More>
  [[nodiscard]] std::string refusal(const Access& who, Question question, More... more) {
    const auto granted = guard_.guard().permit(who, std::move(question), more...);
    EXPECT_FALSE(granted);
    return granted ? "" : granted.error().message;
  }
  [[nodiscard]] std::string last_reason() const {
    const auto audit = guard_.audit();
    EXPECT_EQ(audit.back().kind, "refused");
    return audit.back().details.empty() ? "" : audit.back().details.front().second;
  }

  GuardForTest guard_{policy_with_people(), subscribers(),
                      CaseBounds{from_unix_milliseconds(kNow - kDay / 2),
                                 from_unix_milliseconds(kNow), filter("dst port 23")}};
};

TEST_F(GuardTest, PermitsUnderTheDefaultPurposeOfTheRoleAndWritesItDown) {
  GroupQuestion question;
  question.keys = {{.element = Element::kSourceAddress}};
  question.window = {kNow - kDay, kNow};
  const auto granted = guard_.guard().permit(access("analyst"), question);
  ASSERT_TRUE(granted) << granted.error().message;
  EXPECT_EQ(granted->terms().purpose, "c2-detection");
  EXPECT_EQ(granted->question().window, question.window);
  EXPECT_THAT(granted->terms().notes, IsEmpty());
  const auto entry = guard_.audit().back();
  EXPECT_EQ(entry.kind, "read");
  EXPECT_EQ(entry.who, "analyst");
  EXPECT_EQ(entry.purpose, "c2-detection");
  EXPECT_EQ(entry.grant, granted->terms().id);
  EXPECT_EQ(entry.what,
            "flows by srcip where anything from 2026-11-21T00:00:00.000Z to "
            "2026-11-22T00:00:00.000Z");
}

TEST_F(GuardTest, RecordsWhatAReadBrought) {
  const auto granted = guard_.guard().permit(access("analyst"), GroupQuestion{});
  ASSERT_TRUE(granted);
  ASSERT_TRUE(guard_.guard().answered(granted->terms(), 3, "abc"));
  const auto entry = guard_.audit().back();
  EXPECT_EQ(entry.kind, "answered");
  EXPECT_EQ(entry.grant, granted->terms().id);
  EXPECT_EQ(entry.rows, 3u);
  EXPECT_EQ(entry.result, "abc");
}

TEST_F(GuardTest, PermitsNothingThatCannotBeWrittenDown) {
  guard_.break_audit();
  EXPECT_THAT(refusal(access("analyst"), GroupQuestion{}),
              HasSubstr("the audit cannot be written, so nothing is read: the disk is full"));
}

TEST_F(GuardTest, RefusesWhoHasNoRoleAndSaysWhatWouldHelp) {
  EXPECT_THAT(refusal(access("stranger"), GroupQuestion{}),
              HasSubstr("gives this account no role"));
  EXPECT_EQ(last_reason(), "person");
  EXPECT_THAT(refusal(access("officer"), GroupQuestion{}),
              HasSubstr("a purpose must be stated: --purpose, one of none"));
  EXPECT_THAT(refusal(access("analyst", "operations"), GroupQuestion{}),
              HasSubstr("the purpose 'operations' is for operator; yours are c2-detection, "
                        "ddos-response"));
  EXPECT_EQ(last_reason(), "role");
  EXPECT_THAT(refusal(access("analyst", "curiosity"), GroupQuestion{}),
              HasSubstr("the policy has no purpose 'curiosity'"));
}

TEST_F(GuardTest, RefusesAnExpiredClearanceFromTheDayAfterItsLast) {
  EXPECT_THAT(refusal(access("late"), GroupQuestion{}),
              HasSubstr("the clearance ended on 2026-11-21"));
  EXPECT_EQ(last_reason(), "clearance-expired");
  // 23:59 of its last day in Japan.
  guard_.set_now(from_unix_milliseconds(kNow - 9 * 3'600'000 - 60'000));
  EXPECT_TRUE(guard_.guard().permit(access("late"), GroupQuestion{}));
}

TEST_F(GuardTest, RefusesColumnsThatPurposeOrClearanceDoNotReach) {
  EXPECT_THAT(refusal(access("analyst"), about("vlan 7")),
              HasSubstr("the purpose 'c2-detection' does not see vlan"));
  EXPECT_EQ(last_reason(), "field");
  GroupQuestion by_address;
  by_address.keys = {{.element = Element::kDestinationAddress}};
  EXPECT_THAT(refusal(access("counter", "operations"), by_address),
              HasSubstr("the clearance does not reach destination_address (class communications)"));
  EXPECT_EQ(last_reason(), "clearance");
}

TEST_F(GuardTest, HidesTheColumnsOfRowsThatMayNotBeSeen) {
  const auto granted =
      guard_.guard().permit(access("counter", "operations"), RowsQuestion{}, RowsUse::kShow);
  ASSERT_TRUE(granted) << granted.error().message;
  EXPECT_THAT(words_of(granted->terms().hidden),
              ElementsAre("addresses", "next_hop", "translation"));
  EXPECT_THAT(granted->terms().notes.back().en, HasSubstr("not shown: addresses"));
}

TEST_F(GuardTest, ShowsSumsAloneUnderCounts) {
  const auto who = access("counter", "research");
  EXPECT_THAT(refusal(who, RowsQuestion{}, RowsUse::kShow), HasSubstr("sees sums alone"));
  GroupQuestion by_port;
  by_port.keys = {{.element = Element::kDestinationPort}};
  const auto granted = guard_.guard().permit(who, by_port);
  ASSERT_TRUE(granted) << granted.error().message;
  EXPECT_EQ(granted->terms().suppress_below, 10u);
  EXPECT_EQ(granted->terms().round_to, 100u);
}

TEST_F(GuardTest, LetsNoFlowsLeaveWhereThePurposeDoesNot) {
  EXPECT_THAT(refusal(access("analyst"), RowsQuestion{}, RowsUse::kExport),
              HasSubstr("no flows leave as files"));
  EXPECT_EQ(last_reason(), "export");
}

TEST_F(GuardTest, NarrowsTheWindowToHowFarThePurposeReads) {
  const auto granted = guard_.guard().permit(access("analyst", "ddos-response"), GroupQuestion{});
  ASSERT_TRUE(granted);
  EXPECT_EQ(granted->question().window.from, kNow - 7 * kDay);
  EXPECT_THAT(granted->terms().notes.front().en, HasSubstr("reads 7 days back"));
  GroupQuestion old;
  old.window = {kNow - 9 * kDay, kNow - 8 * kDay};
  EXPECT_THAT(refusal(access("analyst", "ddos-response"), old),
              HasSubstr("nothing of that time may be read"));
}

TEST_F(GuardTest, BoundsEveryQuestionToItsCase) {
  EXPECT_THAT(refusal(access("analyst", "incident-response"), GroupQuestion{}),
              HasSubstr("is for work on a case: --case names it"));
  EXPECT_THAT(refusal(access("analyst", "incident-response", "C8"), GroupQuestion{}),
              HasSubstr("case C8: there is none"));
  const auto question = about("proto tcp");
  const auto granted =
      guard_.guard().permit(access("analyst", "incident-response", "C1"), question);
  ASSERT_TRUE(granted) << granted.error().message;
  EXPECT_EQ(granted->question().window, (TimeWindow{kNow - kDay / 2, kNow}));
  EXPECT_EQ(granted->question().filter, filter("proto tcp and dst port 23"));
  EXPECT_EQ(guard_.audit().back().case_id, "C1");
}

TEST_F(GuardTest, KeepsToTheTimeOfDay) {
  const auto who = access("desk", "bulk-reveal", "C1");
  EXPECT_TRUE(guard_.guard().permit(who, GroupQuestion{}));
  guard_.set_now(from_unix_milliseconds(kNow + 9 * 3'600'000));  // 18:00 in Japan
  EXPECT_THAT(refusal(who, GroupQuestion{}), HasSubstr("may be used 09:00-18:00, at UTC+09:00"));
}

TEST_F(GuardTest, TakesThePseudonymsOfARangeThatAPrefixHolds) {
  const auto granted = guard_.guard().permit(access("analyst"), about("src net 198.51.0.0/16"));
  ASSERT_TRUE(granted);
  EXPECT_EQ(granted->question().filter, filter("src net in [198.51.0.0/16 ~198.51.100.0/24]"))
      << to_string(granted->question().filter);
}

TEST_F(GuardTest, RefusesASubscribersAddressAndWritesNoneDown) {
  for (const auto* text : {"host 198.51.100.7", "dst ip 2001:db8:100::1", "next ip 198.51.100.7",
                           "src net 198.51.100.0/28", "host 64:ff9b::198.51.100.7",
                           "not (proto tcp or src ip 198.51.100.7)"}) {
    const auto message = refusal(access("analyst", "incident-response", "C1"), about(text));
    EXPECT_THAT(message, HasSubstr("ask for it with noroshi guard reveal")) << text;
    const auto entry = guard_.audit().back();
    EXPECT_EQ(last_reason(), "subscriber-address");
    EXPECT_THAT(entry.what, Not(HasSubstr("198.51.100.7"))) << text;
    EXPECT_THAT(entry.what, Not(HasSubstr("/28"))) << text;
    EXPECT_THAT(entry.what, Not(HasSubstr("2001:db8:100::1/"))) << text;
  }
}

TEST_F(GuardTest, LetsPseudonymsAndOthersAddressesAndExportersThrough) {
  for (const auto* text :
       {"host ~198.51.100.7", "host 192.0.2.1", "exporter 198.51.100.7", "net 198.51.100.0/24"})
    EXPECT_TRUE(guard_.guard().permit(access("analyst"), about(text))) << text;
}

TEST_F(GuardTest, ReadsContactsOfWholeHoursOrNotAtAll) {
  const auto hour = kNow / 3'600'000 - 1;
  EXPECT_TRUE(guard_.guard().permit({Person::system("contacts"), "c2-detection", ""},
                                    ContactsQuestion{hour}));
  EXPECT_TRUE(guard_.guard().permit(access("analyst"), ContactsQuestion{hour}));
  EXPECT_THAT(refusal(access("analyst", "incident-response", "C1"), ContactsQuestion{hour}),
              HasSubstr("does not reach over all contacts"));
  EXPECT_THAT(refusal(access("analyst", "ddos-response"), ContactsQuestion{hour}),
              HasSubstr("does not read contacts"));
}

TEST_F(GuardTest, PermitsTrendsOfWholeStepsAndWritesThemDown) {
  TrendSeriesQuestion question;
  question.split = TrendSplit::kService;
  question.exporters = {*Prefix::parse("192.0.2.1/32")};
  question.window = {kNow - kDay + 1, kNow - 1};
  const auto granted = guard_.guard().permit(access("analyst", "ddos-response"), question);
  ASSERT_TRUE(granted) << granted.error().message;
  EXPECT_EQ(granted->question().window, (TimeWindow{kNow - kDay, kNow}));
  EXPECT_EQ(granted->question().exporters, question.exporters);
  const auto entry = guard_.audit().back();
  EXPECT_EQ(entry.kind, "read");
  EXPECT_EQ(entry.grant, granted->terms().id);
  EXPECT_EQ(entry.what,
            "trends in steps of 3600000 ms by service where router ip 192.0.2.1 from "
            "2026-11-21T00:00:00.000Z to 2026-11-22T00:00:00.000Z");
}

TEST_F(GuardTest, KeepsTrendsToWholeStepsOfWhatThePurposeReads) {
  guard_.set_now(from_unix_milliseconds(kNow + kDay / 4));
  TrendSeriesQuestion question;
  question.step = kDay;
  const auto granted = guard_.guard().permit(access("analyst", "ddos-response"), question);
  ASSERT_TRUE(granted) << granted.error().message;
  EXPECT_EQ(granted->question().window.from, kNow - 6 * kDay);
  EXPECT_THAT(granted->terms().notes.front().en, HasSubstr("reads 7 days back"));
  question.step = 16 * kDay;
  question.window.to = kNow;
  EXPECT_THAT(refusal(access("analyst", "ddos-response"), question),
              HasSubstr("nothing of that time may be read"));
}

TEST_F(GuardTest, RefusesTrendsToWhoMayNotSeeThem) {
  const TrendSeriesQuestion all;
  EXPECT_THAT(refusal(access("analyst"), all), HasSubstr("does not read rollups"));
  EXPECT_EQ(last_reason(), "table");
  EXPECT_THAT(refusal(access("nobody"), all), HasSubstr("no role"));
  EXPECT_THAT(refusal(access("late", "ddos-response"), all), HasSubstr("the clearance ended"));
  TrendSeriesQuestion no_step;
  no_step.step = 0;
  EXPECT_THAT(guard_.guard().permit(access("analyst"), no_step).error().message,
              HasSubstr("whole minutes"));

  auto policy = policy_with_people();
  for (auto& purpose : policy.purposes) purpose.tables.push_back(GuardedTable::kRollups);
  ASSERT_TRUE(guard_.guard().replace({policy, subscribers()}));
  EXPECT_THAT(refusal(access("counter", "research"), all),
              HasSubstr("leaves out sums over fewer than 10 lines, and trends do not tell"));
  EXPECT_EQ(last_reason(), "suppression");
  EXPECT_THAT(refusal(access("analyst", "incident-response", "C1"), all),
              HasSubstr("trends are of all traffic, and case C1 is not"));
  TrendSeriesQuestion by_interface;
  by_interface.split = TrendSplit::kInputInterface;
  EXPECT_THAT(refusal(access("analyst"), by_interface), HasSubstr("does not see input_interface"));
}

TEST_F(GuardTest, LooksForAddressesInClearOnTheRecordAlone) {
  const auto granted = guard_.guard().permit_search();
  ASSERT_TRUE(granted) << granted.error().message;
  EXPECT_EQ(granted->question().ranges, subscribers());
  const auto entry = guard_.audit().back();
  EXPECT_EQ(entry.kind, "read");
  EXPECT_EQ(entry.who, "system:guard");
  EXPECT_EQ(entry.purpose, "guard");
  EXPECT_EQ(entry.grant, granted->terms().id);
  guard_.break_audit();
  EXPECT_FALSE(guard_.guard().permit_search());
}

TEST_F(GuardTest, TakesAnotherPolicyOnTheRecordAndKeepsTheOldOneWhereItCannot) {
  auto other = policy_with_people();
  other.source = "other";
  std::erase_if(other.persons, [](const Person& person) { return person.account == "analyst"; });
  ASSERT_TRUE(guard_.guard().replace({other, subscribers()}));
  EXPECT_EQ(guard_.audit().back().kind, "policy");
  EXPECT_EQ(guard_.audit().back().what, "other");
  EXPECT_THAT(refusal(access("analyst"), GroupQuestion{}), HasSubstr("no role"));
  guard_.break_audit();
  EXPECT_FALSE(guard_.guard().replace({policy_with_people(), subscribers()}));
  EXPECT_EQ(guard_.guard().policy()->source, "other");
}

}  // namespace
}  // namespace noroshi
