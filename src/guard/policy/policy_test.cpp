#include "guard/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "guard/policy/findings.h"
#include "guard/policy/policy_text.h"

namespace noroshi {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A small policy that is good: two roles, two people, one purpose of each granularity.
std::string small_policy(const std::string& more = "") {
  return R"(utc_offset = "+09:00"
[[class]]
name = "all"
ja = "全部"
en = "everything"
fields = ["all"]
[[role]]
name = "analyst"
ja = "分析"
en = "analyst"
default_purpose = "look"
[[role]]
name = "officer"
ja = "責任者"
en = "officer"
[[purpose]]
name = "look"
ja = "見る"
en = "to look"
basis = "legitimate-business-act"
basis_ja = "根"
basis_en = "ground"
necessity_ja = "要"
necessity_en = "need"
means_ja = "手"
means_en = "means"
roles = ["analyst"]
tables = ["flows"]
fields = ["ports", "addresses"]
granularity = "pseudonyms"
[[person]]
name = "A"
account = "a"
roles = ["analyst"]
clearances = [{ class = "all", until = 2027-03-31 }]
[[person]]
name = "B"
account = "b"
roles = ["officer"]
clearances = [{ class = "all", until = 2026-01-31 }]
)" + more;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

Policy good(const std::string& text) {
  auto policy = parse_policy(text, "p");
  EXPECT_TRUE(policy) << policy.error().message;
  return policy ? std::move(*policy) : Policy();
}

std::string refusal(const std::string& text) {
  const auto policy = parse_policy(text, "p");
  return policy ? "" : policy.error().message;
}

TEST(Policy, BuiltInOneIsGoodAndLetsAFreshOperatorAskUnderADefaultPurpose) {
  const auto policy = built_in_policy();
  const auto person = policy.person_of("anybody");
  ASSERT_THAT(person.roles, ElementsAre("operator"));
  const auto* role = policy.find_role("operator");
  ASSERT_NE(role, nullptr);
  const auto* purpose = policy.find_purpose(role->default_purpose);
  ASSERT_NE(purpose, nullptr);
  EXPECT_TRUE(purpose->fields.all());
  EXPECT_EQ(purpose->granularity, Granularity::kPseudonyms);
  EXPECT_EQ(purpose->retention_days, 0u);
  EXPECT_FALSE(purpose->may_reveal());
}

TEST(Policy, BuiltInOneKeepsTheGroundsOfLawApart) {
  const auto policy = built_in_policy();
  for (const auto* name : {"c2-detection", "ddos-response", "notices", "incident-response",
                           "research", "operations", "bulk-reveal", "emergency-response"})
    EXPECT_NE(policy.find_purpose(name), nullptr) << name;
  EXPECT_EQ(policy.find_purpose("emergency-response")->basis, LegalBasis::kAvertingPresentDanger);
  EXPECT_EQ(policy.find_purpose("ddos-response")->basis, LegalBasis::kLegitimateBusinessAct);
  EXPECT_EQ(policy.find_purpose("bulk-reveal")->approvals, 2u);
  EXPECT_TRUE(policy.find_purpose("bulk-reveal")->bulk_reveal);
  EXPECT_EQ(policy.find_purpose("research")->granularity, Granularity::kCounts);
}

TEST(Policy, ReadsWhatItSays) {
  const auto policy = good(small_policy());
  EXPECT_EQ(policy.utc_offset, minutes(540));
  const auto* look = policy.find_purpose("look");
  ASSERT_NE(look, nullptr);
  EXPECT_THAT(words_of(look->fields), ElementsAre("times", "counts", "addresses", "ports"));
  EXPECT_EQ(policy.person_of("a").name, "A");
  EXPECT_THAT(policy.person_of("c").roles, IsEmpty());
}

TEST(Policy, NamesFileAndLineOfAnUnknownKey) {
  EXPECT_THAT(refusal(small_policy("favourite_colour = \"red\"\n")),
              HasSubstr("p:41: person.favourite_colour: there is no such key"));
}

TEST(Policy, NamesTheLineOfWhatContradictsItself) {
  const auto text = small_policy();
  EXPECT_THAT(refusal(replaced(text, "roles = [\"analyst\"]\ntables", "roles = []\ntables")),
              HasSubstr("p:27: purpose.roles: no role has this purpose"));
  EXPECT_THAT(refusal(replaced(text, "\"ports\"", "\"payload\"")),
              HasSubstr("p:29: purpose.fields: 'payload' is no field of a flow"));
  EXPECT_THAT(refusal(replaced(text, "default_purpose = \"look\"", "default_purpose = \"see\"")),
              HasSubstr("p:11: role.default_purpose: there is no purpose 'see'"));
  EXPECT_THAT(refusal(replaced(text, "roles = [\"officer\"]", "roles = [\"boss\"]")),
              HasSubstr("there is no role 'boss'"));
  EXPECT_THAT(refusal(replaced(text, "class = \"all\"", "class = \"secret\"")),
              HasSubstr("there is no class 'secret'"));
  EXPECT_THAT(refusal(replaced(text, "fields = [\"all\"]", "fields = [\"ports\"]")),
              HasSubstr("belongs to no class"));
  EXPECT_THAT(refusal(replaced(text, "granularity = \"pseudonyms\"",
                               "granularity = \"pseudonyms\"\nsuppress_below = 5")),
              HasSubstr("purpose.suppress_below"));
  EXPECT_THAT(refusal(replaced(text, "tables = [\"flows\"]", "tables = [\"rows\"]")),
              HasSubstr("p:28: purpose.tables: 'rows' is none of flows, contacts, rollups"));
  EXPECT_THAT(refusal(replaced(replaced(text, "tables = [\"flows\"]", "tables = [\"rollups\"]"),
                               "granularity = \"pseudonyms\"",
                               "granularity = \"counts\"\nsuppress_below = 5")),
              HasSubstr("p:28: purpose.tables: rollups do not tell over how many lines"));
  EXPECT_THAT(refusal(replaced(text, "necessity_en = \"need\"\n", "")),
              HasSubstr("purpose.necessity_en: it must be said in words"));
}

TEST(Policy, RefusesApprovalsThatOtherPeopleCannotGive) {
  const auto revealing = [](int approvals, const std::string& approvers) {
    return replaced(small_policy(), "granularity = \"pseudonyms\"",
                    "granularity = \"addresses\"\nneeds_case = true\napprovals = " +
                        std::to_string(approvals) + "\napprovers = " + approvers);
  };
  EXPECT_EQ(refusal(revealing(1, "[\"officer\"]")), "");
  EXPECT_THAT(refusal(revealing(2, "[\"officer\"]")),
              HasSubstr("when A asks, 1 other people may approve, and 2 must"));
  EXPECT_THAT(refusal(revealing(1, "[\"analyst\"]")), HasSubstr("0 other people may approve"));
}

TEST(Policy, CountsTimesOfDayInItsOwnOffsetAndOverMidnight) {
  Policy policy;
  policy.utc_offset = minutes(540);
  // 2026-11-22T23:30Z is 08:30 of the next day in Japan.
  const auto moment = from_unix_milliseconds(1'795'390'200'000);
  EXPECT_EQ(minutes_of_day(policy, moment), minutes(8 * 60 + 30));
  EXPECT_EQ(day_of(policy, moment),
            std::chrono::sys_days(std::chrono::year(2026) / std::chrono::November / 23));
  const TimeOfDay night{minutes(22 * 60), minutes(6 * 60)};
  EXPECT_TRUE(night.contains(minutes(23 * 60)));
  EXPECT_TRUE(night.contains(minutes(0)));
  EXPECT_FALSE(night.contains(minutes(6 * 60)));
  EXPECT_FALSE(night.contains(minutes(12 * 60)));
}

TEST(Policy, FindsWhatDeservesASecondLook) {
  auto text = replaced(small_policy(), "granularity = \"pseudonyms\"",
                       "granularity = \"pseudonyms\"\nretention_days = 60");
  std::string all;
  for (const auto& finding : findings(good(text), {.flows = 30, .contacts = 400},
                                      from_unix_milliseconds(1'795'305'600'000)))
    all += finding.en + "\n";
  EXPECT_THAT(all, HasSubstr("purpose look: reads 60 days back, and flows are kept for 30"));
  EXPECT_THAT(all, HasSubstr("B: the clearance for all has ended"));
  EXPECT_THAT(all, HasSubstr("B: can use no purpose and approve nothing"));
  EXPECT_THAT(all, Not(HasSubstr("A: the clearance")));
}

TEST(Policy, ExplainsItselfInBothLanguages) {
  const auto policy = built_in_policy();
  const auto english = policy_as_text(policy, Language::kEnglish);
  EXPECT_THAT(english, HasSubstr("purpose research\n"));
  EXPECT_THAT(english, HasSubstr("sums over fewer than 10 subscriber lines are left out"));
  EXPECT_THAT(english, HasSubstr("averting a present danger (緊急避難)"));
  EXPECT_THAT(english,
              HasSubstr("roles that may oversee by exporting the audit: privacy-officer\n"));
  const auto japanese = policy_as_text(policy, Language::kJapanese);
  EXPECT_THAT(japanese, HasSubstr("目的 c2-detection\n"));
  EXPECT_THAT(japanese, HasSubstr("月次報告の作成ができる役割: privacy-officer\n"));
  EXPECT_THAT(japanese, HasSubstr("法的根拠: 緊急避難。"));
  EXPECT_THAT(japanese, HasSubstr("本人以外の2名（privacy-officer）の承認を要する"));
  EXPECT_THAT(policy_as_json(policy), HasSubstr("\"granularity\": \"counts\""));
  EXPECT_THAT(policy_as_json(policy), HasSubstr("\"make_report\": ["));
}

TEST(Policy, SaysWhatChanges) {
  const auto before = good(small_policy());
  const auto after = good(replaced(small_policy(), "\"ports\", \"addresses\"", "\"ports\""));
  EXPECT_EQ(difference_as_text(before, before, Language::kEnglish), "");
  EXPECT_EQ(difference_as_text(before, after, Language::kEnglish),
            "purpose look\n  fields:\n    - times, counts, addresses, ports\n"
            "    + times, counts, ports\n");
  const auto overseen = good(small_policy("[oversight]\nread_audit = [\"officer\"]\n"));
  EXPECT_EQ(overseen.overseers_of(OversightAct::kReadAudit), std::vector<std::string>{"officer"});
  EXPECT_EQ(difference_as_text(before, overseen, Language::kEnglish),
            "policy\n  roles that may oversee by reading the audit:\n"
            "    - none: only the owner of the state\n    + officer\n");
  EXPECT_THAT(refusal(small_policy("[oversight]\nread_audit = [\"boss\"]\n")),
              HasSubstr("p:42: oversight.read_audit: there is no role 'boss'"));
  EXPECT_THAT(refusal(small_policy("[oversight]\nread_audits = []\n")),
              HasSubstr("oversight.read_audits: there is no such key"));
  const auto smaller = good(small_policy().substr(0, small_policy().rfind("[[person]]")));
  EXPECT_EQ(difference_as_text(before, smaller, Language::kJapanese), "人 b: 削除\n");
  EXPECT_THAT(difference_as_text(smaller, before, Language::kEnglish),
              HasSubstr("person b: added\n  name: B\n"));
}

}  // namespace
}  // namespace noroshi
