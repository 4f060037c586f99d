#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "question/answer_text.h"
#include "question/render_groups.h"
#include "question/render_series.h"
#include "question/trend.h"

namespace noroshi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t kNoon = 1'795'348'800'000;  // 2026-11-22T12:00:00Z

Tally exported(std::uint64_t flows, std::uint64_t packets, std::uint64_t bytes) {
  Tally tally;
  tally.flows = flows;
  tally.packets = packets;
  tally.bytes = bytes;
  tally.first = kNoon;
  tally.last = kNoon + 10'000;
  tally.flows_of_unknown_sampling = flows;
  return tally;
}

Tally sampled(std::uint64_t packets, std::uint64_t bytes, double rate) {
  auto tally = exported(1, packets, bytes);
  tally.flows_of_unknown_sampling = 0;
  tally.sampled_flows = 1;
  tally.estimated_packets = static_cast<double>(packets) * rate;
  tally.estimated_bytes = static_cast<double>(bytes) * rate;
  tally.packets_variance = static_cast<double>(packets) * rate * (rate - 1);
  tally.bytes_variance = static_cast<double>(bytes) * rate * (rate - 1);
  return tally;
}

AnsweredGroups stat_of_port(Tally tally) {
  AnsweredGroups answered;
  answered.question.keys = {{.element = Element::kDestinationPort}};
  answered.question.order = Order::kBytes;
  answered.answer.rows = {{{std::uint64_t{443}}, tally}};
  answered.answer.total = tally;
  answered.answer.groups = 1;
  return answered;
}

TEST(Readable, CountsKeepTheirDigitsBelowAMillion) {
  EXPECT_EQ(readable(std::uint64_t{0}), "0");
  EXPECT_EQ(readable(std::uint64_t{999'999}), "999999");
  EXPECT_EQ(readable(std::uint64_t{1'000'000}), "1.0 M");
  EXPECT_EQ(readable(std::uint64_t{7'215'585'082}), "7.2 G");
  EXPECT_EQ(readable(std::uint64_t{999'960'000}), "1.0 G");
  EXPECT_EQ(readable(UINT64_MAX), "18.4 E");
}

TEST(Readable, DurationsAndMomentsAreThoseOfNfdump) {
  EXPECT_EQ(readable_duration(1'751'950), "00:29:11.950");
  EXPECT_EQ(readable_duration(2 * 86'400'000 + 1), "2d 00:00:00.001");
  EXPECT_EQ(readable_moment(kNoon + 7), "2026-11-22 12:00:00.007");
  EXPECT_EQ(readable_moment(0), "-");
}

TEST(Readable, ColumnsCountCharactersAndNotBytes) { EXPECT_EQ(columns_of("7 ± 2 █▏"), 8u); }

TEST(GroupsAsTable, TrafficWithoutSamplingShowsNoEstimates) {
  const auto text = groups_as_table(std::vector{stat_of_port(exported(2, 30, 4000))});
  EXPECT_THAT(text, HasSubstr("1 of 1 dstport by bytes\n"));
  EXPECT_THAT(text, HasSubstr("443  2 (100.0)   30 (100.0)  4000 (100.0)    3  3200  133\n"));
  EXPECT_THAT(text, Not(HasSubstr("Est.")));
}

TEST(GroupsAsTable, SampledTrafficShowsBothWithTheirError) {
  const auto text = groups_as_table(std::vector{stat_of_port(sampled(100, 10'000, 100))});
  EXPECT_THAT(text, HasSubstr("100 (100.0)"));   // as exported
  EXPECT_THAT(text, HasSubstr("10000 ± 1950"));  // 1.96 · √(100 · 100 · 99)
  EXPECT_THAT(text, HasSubstr("Estimated from sampling: 10000 ± 1950 packets"));
  EXPECT_THAT(text, Not(HasSubstr("state no sampling rate")));
}

TEST(GroupsAsTable, RowsOfUnknownSamplingAreNamed) {
  auto tally = sampled(100, 10'000, 100);
  tally.add(exported(3, 5, 50));
  const auto text = groups_as_table(std::vector{stat_of_port(tally)});
  EXPECT_THAT(text, HasSubstr("3 of 4 flows state no sampling rate; they are in no estimate\n"));
}

TEST(GroupsAsTable, WhatFoundNoGroupIsNamed) {
  auto answered = stat_of_port(exported(2, 30, 4000));
  answered.answer.flows_not_grouped = 7;
  EXPECT_THAT(groups_as_table(std::vector{answered}), HasSubstr("7 times a flow found no group"));
}

TEST(GroupsAsJson, AStatHasValuesAsText) {
  EXPECT_EQ(groups_as_json(std::vector{stat_of_port(exported(2, 30, 4000))}),
            "{\"questions\":[{\"stat\":\"dstport/bytes\",\"rows\":[{\"value\":\"443\",\"flows\":2,"
            "\"packets\":30,\"bytes\":4000,\"first\":\"2026-11-22T12:00:00.000Z\","
            "\"last\":\"2026-11-22T12:00:10.000Z\",\"duration_ms\":10000,"
            "\"packets_per_second\":3,\"bits_per_second\":3200,\"bytes_per_packet\":133,"
            "\"sampled_flows\":0,\"flows_of_unknown_sampling\":2,\"estimated_packets\":null,"
            "\"estimated_packets_error\":null,\"estimated_bytes\":null,"
            "\"estimated_bytes_error\":null}],\"total\":{\"flows\":2,\"packets\":30,"
            "\"bytes\":4000,\"first\":\"2026-11-22T12:00:00.000Z\","
            "\"last\":\"2026-11-22T12:00:10.000Z\",\"duration_ms\":10000,"
            "\"packets_per_second\":3,\"bits_per_second\":3200,\"bytes_per_packet\":133,"
            "\"sampled_flows\":0,\"flows_of_unknown_sampling\":2,\"estimated_packets\":null,"
            "\"estimated_packets_error\":null,\"estimated_bytes\":null,"
            "\"estimated_bytes_error\":null},\"groups\":1,\"flows_not_grouped\":0}]}\n");
}

TEST(GroupsAsJson, AnAggregateHasItsElementsByName) {
  auto answered = stat_of_port(exported(1, 1, 1));
  answered.asked = AnsweredGroups::Asked::kAggregate;
  answered.question.keys = parse_keys("srcip,dstport,proto,flags").value();
  answered.answer.rows[0].key = {IpAddress::from_v4(0xc0000201), std::uint64_t{443},
                                 std::uint64_t{6}, std::uint64_t{2}};
  const auto text = groups_as_json(std::vector{answered});
  EXPECT_THAT(text, HasSubstr("{\"aggregate\":\"srcip,dstport,proto,flags\",\"order\":\"bytes\""));
  EXPECT_THAT(text, HasSubstr("{\"srcip\":\"192.0.2.1\",\"dstport\":443,\"proto\":\"tcp\","
                              "\"flags\":\"......S.\",\"flows\":1,"));
}

TEST(GroupsAsCsv, HasAHeaderForEachQuestion) {
  const auto answered = stat_of_port(exported(2, 30, 4000));
  const auto text = groups_as_csv(std::vector{answered, answered});
  EXPECT_THAT(text, HasSubstr("dstport,flows,packets,bytes,first,last,"));
  EXPECT_THAT(text, HasSubstr("\n443,2,30,4000,2026-11-22T12:00:00.000Z,"));
  EXPECT_THAT(text, HasSubstr("\n\ndstport,"));
}

struct AskedSeries {
  SeriesQuestion question;
  Answer answer;
};

AskedSeries two_steps() {
  AskedSeries asked;
  asked.question.step = 60'000;
  asked.answer.rows = {{{kNoon}, exported(1, 1, 100)}, {{kNoon + 3 * 60'000}, exported(1, 1, 50)}};
  asked.answer.total = exported(2, 2, 150);
  return asked;
}

TEST(SeriesAsChart, DrawsABarForEachStepAndKeepsTheQuietOnes) {
  const auto [question, answer] = two_steps();
  EXPECT_EQ(series_as_chart(question, answer, 40),
            "bytes every 00:01:00.000\n"
            "2026-11-22 12:00  100  █████████████████\n"
            "2026-11-22 12:01    0\n"
            "2026-11-22 12:02    0\n"
            "2026-11-22 12:03   50  ████████▌\n"
            "Total: 2 flows, 2 packets, 150 bytes\n");
}

TEST(SeriesAsChart, NoLineIsWiderThanTheTerminal) {
  const auto [question, answer] = two_steps();
  for (const std::size_t width : {40u, 57u, 200u}) {
    const auto text = series_as_chart(question, answer, width);
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
      EXPECT_LE(columns_of(std::string_view(text).substr(begin, end - begin)), width);
      begin = end + 1;
    }
  }
}

TEST(SeriesAsChart, ASplitHasALineForEachValueAndOtherLast) {
  auto [question, answer] = two_steps();
  question.split = Key{.element = Element::kProtocol};
  answer.rows = {{{kNoon, std::uint64_t{17}}, exported(1, 1, 10)},
                 {{kNoon}, exported(1, 1, 500)},
                 {{kNoon + 60'000, std::uint64_t{6}}, exported(1, 1, 800)}};
  const auto text = series_as_chart(question, answer, 80);
  EXPECT_THAT(text, HasSubstr("tcp     █  800\nudp    ▁   10\nother  ▆   500\n"));
}

TEST(SeriesAsChart, OfNothingSaysSo) {
  EXPECT_EQ(series_as_chart(SeriesQuestion(), Answer(), 80),
            "bytes every 00:05:00.000\nTotal: 0 flows, 0 packets, 0 bytes\n");
}

TEST(SeriesAsJson, SaysOtherWhereValuesAreNotShown) {
  auto [question, answer] = two_steps();
  question.split = Key{.element = Element::kProtocol};
  answer.rows.resize(1);
  EXPECT_THAT(series_as_json(question, answer),
              HasSubstr("{\"series\":{\"step_ms\":60000,\"split\":\"proto\",\"rows\":[{\"time\":"
                        "\"2026-11-22T12:00:00.000Z\",\"value\":\"other\",\"flows\":1,"));
}

TEST(SeriesAsCsv, HasTheValueOnlyWithASplit) {
  const auto [question, answer] = two_steps();
  EXPECT_THAT(series_as_csv(question, answer), HasSubstr("time,flows,packets,bytes,first,last,"));
  EXPECT_THAT(series_as_csv(question, answer), HasSubstr("\n2026-11-22T12:03:00.000Z,1,1,50,"));
}

TEST(Trend, ShowsWhatIsKeptAndNothingElse) {
  TrendSeriesQuestion question;
  question.split = TrendSplit::kService;
  Answer answer;
  AnswerRow row;
  row.key = {std::uint64_t{1'793'610'000'000}, std::uint64_t{6 << 16 | 443}};
  row.tally.flows = 3;
  row.tally.bytes = 300;
  row.tally.flows_of_unknown_sampling = 3;
  answer.rows.push_back(row);
  row.key.resize(1);
  row.tally.flows_of_unknown_sampling = 0;
  row.tally.estimated_bytes = 3'000;
  answer.rows.push_back(row);
  answer.total = row.tally;
  answer.groups = 5;
  EXPECT_EQ(trend_as_csv(question, answer),
            "time,value,flows,packets,bytes,flows_of_unknown_sampling,estimated_packets,"
            "estimated_bytes\n"
            "2026-11-02T09:00:00.000Z,tcp/443,3,0,300,3,,\n"
            "2026-11-02T09:00:00.000Z,other,3,0,300,0,0,3000\n");
  EXPECT_THAT(trend_as_json(question, answer),
              testing::HasSubstr("\"value\":\"tcp/443\",\"flows\":3,\"packets\":0,\"bytes\":300,"
                                 "\"flows_of_unknown_sampling\":3,\"estimated_packets\":null"));
  EXPECT_THAT(trend_as_chart(question, answer, 80), testing::HasSubstr("bytes every 01:00:00"));
}

TEST(Trend, NamesEveryKindOfValue) {
  const auto value = [](TrendSplit split, std::uint64_t number) {
    return trend_value(split, {{std::uint64_t{0}, number}, {}});
  };
  EXPECT_EQ(value(TrendSplit::kProtocol, 17), "udp");
  EXPECT_EQ(value(TrendSplit::kService, 17 << 16), "udp/other");
  EXPECT_EQ(value(TrendSplit::kService, 47 << 16), "gre");
  EXPECT_EQ(value(TrendSplit::kSourceAs, 64'500), "64500");
  EXPECT_EQ(value(TrendSplit::kDestinationCountry, 'J' << 8 | 'P'), "JP");
  EXPECT_EQ(parse_trend_split("dstas"), TrendSplit::kDestinationAs);
  EXPECT_THAT(parse_trend_split("srcip").error().message, testing::HasSubstr("dstcountry"));
}

}  // namespace
}  // namespace noroshi
