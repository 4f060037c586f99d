#include "question/interface_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "question/json_text.h"
#include "question/render_groups.h"
#include "question/trend.h"

namespace noroshi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const IpAddress kEdge = IpAddress::parse("192.0.2.1").value();
const IpAddress kCore = IpAddress::parse("192.0.2.2").value();

NamedInterface interface(const char* exporter, std::uint32_t index, std::string name,
                         bool configured, std::string description = {}) {
  return {.exporter = Prefix::parse(exporter).value(),
          .index = index,
          .name = std::move(name),
          .description = std::move(description),
          .external = false,
          .configured = configured};
}

InterfaceLabels labels() {
  return InterfaceLabels(std::vector{
      interface("192.0.2.1", 3, "xe-0/0/3", false), interface("192.0.2.0/31", 3, "peer-a", true),
      interface("192.0.2.2", 3, "ge-3", false), interface("192.0.2.2", 4, "", false, "To the core"),
      interface("192.0.2.2", 5, "", true)});
}

TEST(InterfaceLabels, TheConfiguredNameStandsBeforeTheAnnouncedOne) {
  EXPECT_THAT(labels().of(kEdge, 3), ElementsAre("peer-a"));
  EXPECT_THAT(labels().of(kCore, 3), ElementsAre("ge-3"));
  EXPECT_THAT(labels().of(kCore, 4), ElementsAre("To the core"));
  EXPECT_THAT(labels().of(kCore, 5), IsEmpty());
  EXPECT_THAT(labels().of(kEdge, 4), IsEmpty());
}

TEST(InterfaceLabels, ANumberWithoutItsExporterHasTheNamesOfAll) {
  const auto keys = parse_keys("srcip,inif").value();
  const std::vector<KeyValue> row{kEdge, std::uint64_t{3}};
  EXPECT_THAT(labels().of(keys, row, 1), ElementsAre("peer-a", "ge-3"));
  EXPECT_THAT(labels().of(keys, row, 0), IsEmpty());
  const auto of_exporter = parse_keys("inif,router").value();
  const std::vector<KeyValue> named{std::uint64_t{3}, kCore};
  EXPECT_THAT(labels().of(of_exporter, named, 0), ElementsAre("ge-3"));
}

TEST(InterfaceLabels, AreFewEnoughToRead) {
  std::vector<NamedInterface> many;
  for (std::uint32_t i = 0; i < 100; ++i)
    many.push_back({.exporter = Prefix::of(IpAddress::from_v4(0x0a000000 + i), 32),
                    .index = 1,
                    .name = "if" + std::to_string(i),
                    .description = {},
                    .external = false,
                    .configured = false});
  const std::vector<KeyValue> row{std::uint64_t{1}};
  EXPECT_EQ(InterfaceLabels(many).of(parse_keys("inif").value(), row, 0).size(),
            InterfaceLabels::kMostNames);
}

AnsweredGroups by_router_and_interface() {
  AnsweredGroups answered;
  answered.asked = AnsweredGroups::Asked::kAggregate;
  answered.question.keys = parse_keys("router,inif").value();
  Tally tally;
  tally.flows = 1;
  answered.answer.rows = {{{kEdge, std::uint64_t{3}}, tally}, {{kEdge, std::uint64_t{9}}, tally}};
  return answered;
}

TEST(InterfaceLabels, StandBesideNumbersInTablesAndJson) {
  const auto answered = std::vector{by_router_and_interface()};
  EXPECT_THAT(groups_as_table(answered, labels()), HasSubstr("3 (peer-a)"));
  EXPECT_THAT(groups_as_table(answered), Not(HasSubstr("peer-a")));
  const auto json = nlohmann::json::parse(groups_as_json(answered, labels()));
  const auto& rows = json["questions"][0]["rows"];
  EXPECT_EQ(rows[0]["inif"], 3);
  EXPECT_EQ(rows[0]["inif_names"], nlohmann::json({"peer-a"}));
  EXPECT_FALSE(rows[1].contains("inif_names"));
}

TEST(InterfaceLabels, StandBesideNumbersInTrends) {
  TrendSeriesQuestion question;
  question.split = TrendSplit::kInputInterface;
  Answer answer;
  answer.rows = {{{std::uint64_t{0}, kEdge, std::uint64_t{3}}, {}}, {{std::uint64_t{0}}, {}}};
  EXPECT_THAT(trend_as_json(question, answer, labels()),
              HasSubstr("\"value\":\"192.0.2.1 if 3\",\"names\":[\"peer-a\"]"));
  EXPECT_THAT(trend_as_chart(question, answer, 80, labels()), HasSubstr("if 3 (peer-a)"));
}

TEST(JsonNames, AreEscaped) {
  std::string out = "{\"a\":1";
  const std::vector<std::string> names{"say \"hi\"", "back\\slash", "tab\t", "東京"};
  add_json_names(out, "names", names);
  out += '}';
  EXPECT_EQ(nlohmann::json::parse(out)["names"], nlohmann::json(names));
  std::string none;
  add_json_names(none, "names", {});
  EXPECT_EQ(none, "");
}

}  // namespace
}  // namespace noroshi
