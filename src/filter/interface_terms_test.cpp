#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filter/evaluate.h"
#include "filter/parse.h"
#include "filter/print.h"

namespace noroshi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Timestamp kNow = from_unix_milliseconds(1'795'330'800'000);

NamedInterface interface(const char* exporter, std::uint32_t index, std::string name,
                         bool external = false, std::string description = {}) {
  return {.exporter = Prefix::parse(exporter).value(),
          .index = index,
          .name = std::move(name),
          .description = std::move(description),
          .external = external,
          .configured = external};
}

FilterVocabulary vocabulary() {
  FilterVocabulary words;
  words.interfaces = {interface("192.0.2.1", 3, "peer-a", true),
                      interface("192.0.2.2", 3, "peer-a", true),
                      interface("192.0.2.3", 9, "peer-a", true),
                      interface("192.0.2.1", 4, "xe-0/0/4", false, "To the core"),
                      interface("192.0.2.1", 3, "xe-0/0/3")};
  return words;
}

std::string meaning_of(std::string_view filter) {
  const auto condition = parse_filter(filter, vocabulary(), kNow);
  if (!condition) return condition.error().message;
  const auto text = to_string(*condition);
  const auto again = parse_filter(text, {}, kNow);
  EXPECT_TRUE(again && *again == *condition) << text << " is not read back as what it was";
  return text;
}

TEST(InterfaceTerms, ANameIsANumberOfAnExporter) {
  EXPECT_EQ(meaning_of("in if xe-0/0/4"), "router ip 192.0.2.1 and in if = 4");
  EXPECT_EQ(meaning_of("out if = \"To the core\""), "router ip 192.0.2.1 and out if = 4");
  EXPECT_EQ(meaning_of("if xe-0/0/4"),
            "(router ip 192.0.2.1 and in if = 4) or (router ip 192.0.2.1 and out if = 4)");
}

TEST(InterfaceTerms, ExportersThatUseTheSameNumberStandTogether) {
  EXPECT_EQ(meaning_of("in if 'peer-a'"),
            "(router ip in [ 192.0.2.1 192.0.2.2 ] and in if = 3) or "
            "(router ip 192.0.2.3 and in if = 9)");
}

TEST(InterfaceTerms, ListsHoldNumbersAndNames) {
  EXPECT_EQ(meaning_of("in if in [7, xe-0/0/4 7 5]"),
            "in if in [ 5 7 ] or (router ip 192.0.2.1 and in if = 4)");
  EXPECT_EQ(meaning_of("in if in [1 2]"), "in if in [ 1 2 ]");
  EXPECT_EQ(meaning_of("in if in []"), "in if in [ ]");
}

TEST(InterfaceTerms, NumbersAreWhatTheyWere) {
  EXPECT_EQ(meaning_of("if > 3"), "in if > 3 or out if > 3");
  EXPECT_EQ(meaning_of("out if 0x10"), "out if = 16");
}

TEST(InterfaceTerms, DirectionIsByWhatIsConfiguredAsExternal) {
  EXPECT_EQ(meaning_of("in direction external"), meaning_of("in if peer-a"));
  EXPECT_EQ(meaning_of("in direction internal"),
            "router ip in [ 192.0.2.1 192.0.2.2 192.0.2.3 ] and not "
            "((router ip in [ 192.0.2.1 192.0.2.2 ] and in if = 3) or "
            "(router ip 192.0.2.3 and in if = 9))");
}

TEST(InterfaceTerms, ErrorsSayWhatIsKnown) {
  EXPECT_THAT(meaning_of("if xe-0/0/5"), HasSubstr("no interface 'xe-0/0/5' is known"));
  EXPECT_THAT(meaning_of("if xe-0/0/5"), HasSubstr("did you mean 'xe-0/0/3' or 'xe-0/0/4'?"));
  EXPECT_THAT(meaning_of("if ''"), HasSubstr("no interface '' is known"));
  EXPECT_THAT(meaning_of("in if > peer-a"), HasSubstr("have no order"));
  EXPECT_THAT(meaning_of("in if"), HasSubstr("but the filter ends here"));
  EXPECT_THAT(meaning_of("in if in [peer-a"), HasSubstr("']' at the end of the list"));
  EXPECT_THAT(meaning_of("direction outward"), HasSubstr("expected 'external' or 'internal'"));
  EXPECT_THAT(meaning_of("direction ingress"), HasSubstr("write 'dir ingress'"));
  EXPECT_THAT(meaning_of("src direction external"), HasSubstr("does not go with 'direction'"));
  const auto unconfigured = parse_filter("direction external", {}, kNow);
  ASSERT_FALSE(unconfigured);
  EXPECT_THAT(unconfigured.error().message, HasSubstr("no interface is configured as external"));
}

TEST(InterfaceTerms, AreBounded) {
  FilterVocabulary words;
  for (std::uint32_t i = 0; i < 9000; ++i)
    words.interfaces.push_back({.exporter = Prefix::of(IpAddress::from_v4(0x0a000000 + i), 32),
                                .index = i,
                                .name = "lo0",
                                .description = {},
                                .external = false,
                                .configured = false});
  // A number for each exporter makes three nodes for each: more than a condition may have.
  const auto condition = parse_filter("if lo0", words, kNow);
  ASSERT_FALSE(condition);
  EXPECT_EQ(condition.error().code, ErrorCode::kLimit);
}

TEST(InterfaceTerms, FindTheRowsOfThatExporterAlone) {
  FlowBatch batch(8);
  const auto add = [&](const char* exporter, std::uint32_t in, std::uint32_t out) {
    const auto row = batch.append(1);
    batch.mutable_exporter()[row] = IpAddress::parse(exporter).value();
    batch.mutable_input_interface()[row] = in;
    batch.mutable_output_interface()[row] = out;
  };
  add("192.0.2.1", 3, 4);
  add("192.0.2.1", 4, 3);
  add("192.0.2.1", 4, 5);
  add("192.0.2.3", 3, 4);  // 3 is nobody's name here
  add("192.0.2.3", 9, 3);
  add("192.0.2.9", 3, 9);  // an exporter that nobody has described
  const auto rows = [&](std::string_view filter) {
    Evaluator evaluator(parse_filter(filter, vocabulary(), kNow).value());
    const auto mask = evaluator.evaluate(batch);
    return std::vector<int>(mask.begin(), mask.end());
  };
  EXPECT_THAT(rows("in if peer-a"), ElementsAre(1, 0, 0, 0, 1, 0));
  EXPECT_THAT(rows("if peer-a"), ElementsAre(1, 1, 0, 0, 1, 0));
  EXPECT_THAT(rows("direction external"), ElementsAre(1, 1, 0, 0, 1, 0));
  EXPECT_THAT(rows("direction internal"), ElementsAre(0, 0, 1, 1, 0, 0));
  EXPECT_THAT(rows("out direction external"), ElementsAre(0, 1, 0, 0, 0, 0));
  EXPECT_THAT(rows("not direction external"), ElementsAre(0, 0, 1, 1, 0, 1));
}

}  // namespace
}  // namespace noroshi
