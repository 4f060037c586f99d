#include "desk/question_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filter/print.h"

namespace noroshi {
namespace {

GroupQuestion question() {
  GroupQuestion question;
  question.filter = {NumberIs{Number::kDestinationPort, Comparison::kEqual, 23}};
  question.window = {1'793'613'661'000, UINT64_MAX};
  question.keys = {{Element::kSourceAddress, 24, 64}, {Element::kDestinationPort, 32, 128}};
  question.order = Order::kBitsPerSecond;
  question.limit = 7;
  return question;
}

TEST(QuestionJson, CarriesGroupQuestionsWhole) {
  const auto read = group_questions_from_json(to_json(std::vector{question(), GroupQuestion{}}));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  const auto expected = question();
  EXPECT_EQ(to_string((*read)[0].filter), to_string(expected.filter));
  EXPECT_EQ((*read)[0].window, expected.window);
  EXPECT_EQ((*read)[0].keys, expected.keys);
  EXPECT_EQ((*read)[0].order, expected.order);
  EXPECT_EQ((*read)[0].limit, 7u);
  EXPECT_TRUE((*read)[1].keys.empty());
}

TEST(QuestionJson, CarriesSeriesAndRows) {
  SeriesQuestion series;
  series.step = 60'000;
  series.split = Key{Element::kProtocol, 32, 128};
  const auto read = series_question_from_json(to_json(series));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->step, 60'000u);
  EXPECT_EQ(read->split, series.split);
  RowsQuestion rows;
  rows.limit = 5;
  EXPECT_EQ(rows_question_from_json(to_json(rows))->limit, 5u);
}

TEST(QuestionJson, CarriesTrendQuestionsWholeAndRefusesWhatIsNone) {
  TrendSeriesQuestion trend;
  trend.split = TrendSplit::kInputInterface;
  trend.window = {60'000, 120'000};
  trend.step = 60'000;
  trend.exporters = {*Prefix::parse("192.0.2.0/24")};
  trend.order = Order::kFlows;
  trend.limit = 3;
  const auto read = trend_question_from_json(to_json(trend));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->split, trend.split);
  EXPECT_EQ(read->window, trend.window);
  EXPECT_EQ(read->step, trend.step);
  EXPECT_EQ(read->exporters, trend.exporters);
  EXPECT_EQ(read->order, trend.order);
  EXPECT_EQ(read->limit, 3u);
  EXPECT_EQ(trend_question_from_json(to_json(TrendSeriesQuestion{}))->split, TrendSplit::kNone);
  for (const auto* text :
       {"{}", R"({"from":0,"to":1,"step":1,"exporters":["x"],"order":"bytes","limit":1})",
        R"({"from":0,"to":1,"step":1,"exporters":[],"order":"bytes","limit":101})",
        R"({"from":0,"to":1,"step":1,"exporters":[],"order":"bytes","limit":1,"split":"srcip"})"})
    EXPECT_FALSE(trend_question_from_json(text)) << text;
}

TEST(QuestionJson, CarriesAnswersExactly) {
  Answer answer;
  AnswerRow row;
  row.key = {*IpAddress::parse("2001:db8::1"), std::uint64_t{443}};
  row.tally.bytes = UINT64_MAX;
  row.tally.estimated_bytes = 0.1;
  row.tally.bytes_variance = 1e300;
  answer.rows = {row};
  answer.groups = 12;
  answer.total.flows = 3;
  answer.flows_not_grouped = 4;
  const auto read = answers_from_json(to_json(std::vector{answer}));
  ASSERT_TRUE(read) << read.error().message;
  const auto& back = read->at(0);
  EXPECT_EQ(back.rows.at(0).key, row.key);
  EXPECT_EQ(back.rows.at(0).tally.bytes, UINT64_MAX);
  EXPECT_EQ(back.rows.at(0).tally.estimated_bytes, 0.1);
  EXPECT_EQ(back.rows.at(0).tally.bytes_variance, 1e300);
  EXPECT_EQ(back.groups, 12u);
  EXPECT_EQ(back.total.flows, 3u);
  EXPECT_EQ(back.flows_not_grouped, 4u);
}

TEST(QuestionJson, RefusesWhatIsNotAQuestion) {
  for (
      const auto* text :
      {"", "[]", "{}", R"({"questions":3})", R"({"questions":[3]})",
       R"({"questions":[{"filter":"","from":-1,"to":1,"keys":[],"order":"bytes","limit":1}]})",
       R"({"questions":[{"filter":"nonsense","from":0,"to":1,"keys":[],"order":"bytes","limit":1}]})",
       R"({"questions":[{"filter":"","from":0,"to":1,"keys":["x"],"order":"bytes","limit":1}]})",
       R"({"questions":[{"filter":"","from":0,"to":1,"keys":[],"order":"x","limit":1}]})",
       R"({"questions":[{"filter":"","from":0,"to":1,"keys":[],"order":"bytes","limit":1e9}]})",
       R"({"questions":[{"filter":"","from":0,"to":1,"keys":[],"order":"bytes","limit":1,"x":1}]})"}) {
    const auto read = group_questions_from_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(QuestionJson, CarriesErrorsAndQuotesWhatIsNone) {
  const auto error = error_from_json(error_to_json({ErrorCode::kLimit, "too \"much\""}));
  EXPECT_EQ(error.code, ErrorCode::kLimit);
  EXPECT_EQ(error.message, "too \"much\"");
  EXPECT_THAT(error_from_json("<html>").message, testing::HasSubstr("<html>"));
}

}  // namespace
}  // namespace noroshi
