#include "filter/print.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "filter/conditions_for_test.h"
#include "filter/parse.h"

namespace noroshi {

void showValue(const Condition& condition, std::ostream& out) { out << to_string(condition); }

namespace {

Result<Condition> parse(std::string_view text) { return parse_filter(text, {}, Timestamp{}); }

RC_GTEST_PROP(Print, WhatIsPrintedReadsBackAsTheSameCondition, ()) {
  const auto condition = *for_test::conditions();
  const auto text = to_string(condition);
  const auto again = parse(text);
  if (!again) RC_FAIL(again.error().message);
  RC_LOG() << text;
  RC_ASSERT(*again == condition);
}

struct Sample {
  std::string_view filter;
  std::string_view printed;
};

TEST(Print, UsesTheWordsThatPeopleUse) {
  for (const auto& [filter, printed] : std::initializer_list<Sample>{
           {"", "any"},
           {"SRC PORT 80", "src port = 80"},
           {"dst net 10/8", "dst net 10.0.0.0/8"},
           {"src ip in [192.0.2.1,2001:db8::/32]", "src ip in [ 192.0.2.1 2001:db8::/32 ]"},
           {"not flags SA", "not (flags S or flags A)"},
           {"src country jp", "src country = JP"},
           {"first > 2026-11-22T09:00+09:00", "first > 2026-11-22T00:00:00.000Z"},
           {"(inet and packets > 2k) or bytes < 10", "(inet and packets > 2000) or bytes < 10"},
           {"flowdir egress", "column direction = 2"},
       }) {
    const auto condition = parse(filter);
    ASSERT_TRUE(condition) << condition.error().message;
    EXPECT_EQ(to_string(*condition), printed);
  }
}

TEST(Print, SaysWhatOddTreesMean) {
  EXPECT_EQ(to_string({AllOf{}}), "any");
  EXPECT_EQ(to_string({AnyOf{}}), "not any");
  EXPECT_EQ(to_string({AllOf{{{FamilyIs{true}}}}}), "inet6");
  EXPECT_EQ(to_string({NoneOf{{{AllOf{{{FamilyIs{true}}}}}}}}), "not inet6");
}

TEST(Print, KeepsSeveralFlagsAfterANotAsTheyAre) {
  const Condition condition{NoneOf{{{FlagsAre{0x12, 0x12}}}}};
  EXPECT_EQ(to_string(condition), "not flags 18 mask 18");
  EXPECT_EQ(*parse(to_string(condition)), condition);
}

}  // namespace
}  // namespace noroshi
