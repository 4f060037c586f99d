#include "store/rollup.h"

#include <gmock/gmock.h>

#include "store/embedded/engine_for_test.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kFirstHour = 490'000;

FlowBatch rows_of(std::uint64_t hour, std::uint32_t count) {
  FlowBatch rows;
  rows.append(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    rows.mutable_last()[i] = hour * kHour + i * 1'000 % kHour;
    rows.mutable_exporter()[i] = IpAddress::from_v4(1 + i % 2);
    rows.mutable_protocol()[i] = i % 3 == 0 ? 17 : 6;
    rows.mutable_source_port()[i] = static_cast<std::uint16_t>(50'000 + i % 100);
    rows.mutable_destination_port()[i] = i % 2 == 0 ? 443 : 8'080;
    rows.mutable_source_as()[i] = 64'500 + i % 5;
    rows.mutable_packets()[i] = i;
    rows.mutable_bytes()[i] = 100 * i;
    rows.mutable_sampling_rate()[i] = i % 4 == 0 ? 10 : 0;
  }
  return rows;
}

class RolledUp : public for_test::WithEngine {
 protected:
  void SetUp() override {
    WithEngine::SetUp();
    if (IsSkipped()) return;
    history_ = open_history();
    for (std::uint64_t hour = 0; hour < 3; ++hour)
      ASSERT_TRUE(history_->insert(0, hour + 1, rows_of(kFirstHour + hour, 4'000)));
  }

  [[nodiscard]] std::map<std::pair<std::uint64_t, std::uint32_t>, std::vector<std::uint64_t>> trend(
      Dimension dimension, std::uint64_t step, TimeWindow window = {}) {
    Rollups rollups(engine());
    const auto rows = rollups.ask({.dimension = dimension, .window = window, .step = step});
    EXPECT_TRUE(rows) << rows.error().message;
    std::map<std::pair<std::uint64_t, std::uint32_t>, std::vector<std::uint64_t>> sums;
    for (const auto& row : *rows) {
      auto& sum = sums[{row.start, row.value}];
      sum.resize(4);
      sum[0] += row.flows;
      sum[1] += row.bytes;
      sum[2] += row.flows_of_unknown_sampling;
      sum[3] += static_cast<std::uint64_t>(row.estimated_packets);
    }
    return sums;
  }
  [[nodiscard]] Result<std::uint64_t> build(std::uint64_t now_hour) {
    return Rollups(engine()).build(from_unix_milliseconds(now_hour * kHour + 1));
  }

  std::unique_ptr<History> history_;
};

TEST_F(RolledUp, TrendsAreTheSameBeforeAndAfter) {
  for (const auto dimension : {Dimension::kAll, Dimension::kProtocol, Dimension::kService,
                               Dimension::kSourceAs, Dimension::kRows}) {
    for (const auto step : {std::uint64_t{60'000}, std::uint64_t{300'000}, kHour}) {
      const auto from_rows = trend(dimension, step);
      EXPECT_FALSE(from_rows.empty());
      (void)build(kFirstHour);
      EXPECT_EQ(trend(dimension, step), from_rows);
    }
  }
  const auto before = trend(Dimension::kService, 300'000);
  EXPECT_EQ(build(kFirstHour + 2), 2u);
  EXPECT_EQ(trend(Dimension::kService, 300'000), before) << "the open hour comes from its rows";
  EXPECT_EQ(build(kFirstHour + 3), 1u);
  EXPECT_EQ(build(kFirstHour + 3), 0u);
  EXPECT_EQ(trend(Dimension::kService, 300'000), before);
  EXPECT_EQ(trend(Dimension::kService, kHour).size(), 3u * 4u);
}

TEST_F(RolledUp, TrendsOutliveTheRows) {
  ASSERT_EQ(build(kFirstHour + 3), 3u);
  const auto before = trend(Dimension::kSourceAs, kHour);
  ASSERT_EQ(history_->drop_before("flows", kFirstHour + 3), 3u);
  EXPECT_EQ(trend(Dimension::kSourceAs, kHour), before);
  EXPECT_EQ(build(kFirstHour + 4), 0u);
}

TEST_F(RolledUp, RowsThatComeLateAreCountedOnce) {
  ASSERT_EQ(build(kFirstHour + 3), 3u);
  ASSERT_TRUE(history_->insert(0, 9, rows_of(kFirstHour, 100)));
  const auto pending = trend(Dimension::kProtocol, kHour);
  EXPECT_EQ((pending.at({kFirstHour * kHour, 6})[0] + pending.at({kFirstHour * kHour, 17})[0]),
            4'100u);
  EXPECT_EQ(build(kFirstHour + 3), 1u);
  EXPECT_EQ(trend(Dimension::kProtocol, kHour), pending);
}

TEST_F(RolledUp, WhatACrashLeftIsNotRead) {
  ASSERT_EQ(build(kFirstHour + 3), 3u);
  const auto before = trend(Dimension::kAll, 60'000);
  // As a rollup that ended before its last statement: the revision is there, and not valid.
  ASSERT_TRUE(engine().execute(
      "INSERT INTO noroshi.rollup_1m SELECT hour, revision + 5, start, exporter, dimension, value, "
      "flows, packets, bytes, flows_of_unknown_sampling, estimated_packets, estimated_bytes FROM "
      "noroshi.rollup_1m"));
  EXPECT_EQ(trend(Dimension::kAll, 60'000), before);
}

TEST_F(RolledUp, ASeriesShowsTheLargestValuesAndAllOthersTogether) {
  TrendSeriesQuestion question;
  question.split = TrendSplit::kSourceAs;
  question.limit = 2;
  const auto open = history_->ask(grant(question));
  ASSERT_TRUE(open) << open.error().message;
  EXPECT_EQ(open->groups, 5u);
  EXPECT_EQ(open->total.flows, 12'000u);
  ASSERT_EQ(open->rows.size(), 3u * 3u);
  EXPECT_EQ(open->rows[0].key, (std::vector<KeyValue>{kFirstHour * kHour, std::uint64_t{64'504}}));
  EXPECT_EQ(open->rows[0].tally.flows, 800u);
  EXPECT_EQ(open->rows[2].key, (std::vector<KeyValue>{kFirstHour * kHour}));
  EXPECT_EQ(open->rows[2].tally.flows, 2'400u);
  Tally sum;
  for (const auto& row : open->rows) sum.add(row.tally);
  EXPECT_EQ(sum.bytes, open->total.bytes);

  ASSERT_EQ(build(kFirstHour + 3), 3u);
  const auto rolled_up = history_->ask(grant(question));
  ASSERT_TRUE(rolled_up) << rolled_up.error().message;
  EXPECT_EQ(trend_as_csv(question, *rolled_up), trend_as_csv(question, *open));
}

TEST_F(RolledUp, ASeriesIsOfWholeStepsAndOfTheExportersAskedFor) {
  TrendSeriesQuestion question;
  question.step = 300'000;
  question.window = {kFirstHour * kHour + 301'000, kFirstHour * kHour + 599'000};
  question.exporters = {Prefix::of(IpAddress::from_v4(2), 32)};
  for (const bool rolled_up : {false, true}) {
    if (rolled_up) {
      ASSERT_EQ(build(kFirstHour + 3), 3u);
    }
    const auto answer = history_->ask(grant(question));
    ASSERT_TRUE(answer) << answer.error().message;
    ASSERT_EQ(answer->rows.size(), 1u);
    EXPECT_EQ(answer->rows[0].key, (std::vector<KeyValue>{kFirstHour * kHour + 300'000}));
    // Of 4,000 flows one ends each second, and from 3,600 on they begin again: 300 and 100 in these
    // five minutes, every second one of this exporter.
    EXPECT_EQ(answer->rows[0].tally.flows, 200u);
  }
  question.split = TrendSplit::kExporter;
  question.exporters.clear();
  const auto both = history_->ask(grant(question));
  ASSERT_TRUE(both);
  EXPECT_EQ(both->groups, 2u);
  EXPECT_EQ(both->rows.size(), 2u);
  question.split = TrendSplit::kInputInterface;
  const auto interfaces = history_->ask(grant(question));
  ASSERT_TRUE(interfaces);
  EXPECT_EQ(trend_value(question.split, interfaces->rows.at(0)), "0.0.0.2 if 0");
}

TEST_F(RolledUp, CountsAreRoundedAsTheGrantHasThem) {
  ASSERT_EQ(build(kFirstHour + 3), 3u);
  auto policy = for_test::GuardForTest::permissive();
  policy.purposes.front().granularity = Granularity::kCounts;
  policy.purposes.front().round_to = 1'000;
  for_test::GuardForTest rounding(policy);
  TrendSeriesQuestion question;
  question.split = TrendSplit::kSourceAs;
  question.limit = 2;
  const auto answer = history_->ask(rounding.grant(question));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->total.flows, 12'000u);
  ASSERT_EQ(answer->rows.size(), 3u * 3u);
  EXPECT_EQ(answer->rows[0].tally.flows, 1'000u);  // of 800
  EXPECT_EQ(answer->rows[2].tally.flows, 2'000u);  // of 2,400
  for (const auto& row : answer->rows) EXPECT_EQ(row.tally.bytes % 1'000, 0u);
}

TEST_F(RolledUp, AStepOfWhichThePurposeReadsAPartAloneIsNotInTheAnswer) {
  ASSERT_EQ(build(kFirstHour + 3), 3u);
  auto policy = for_test::GuardForTest::permissive();
  policy.purposes.front().retention_days = 1;
  for_test::GuardForTest a_day_back(policy);
  // A day back is in the middle of the first hour.
  a_day_back.set_now(from_unix_milliseconds((kFirstHour + 24) * kHour + kHour / 2));
  const auto answer = history_->ask(a_day_back.grant(TrendSeriesQuestion{}));
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->rows.size(), 2u);
  EXPECT_EQ(answer->rows[0].key, (std::vector<KeyValue>{(kFirstHour + 1) * kHour}));
  EXPECT_EQ(answer->total.flows, 8'000u);
}

TEST_F(RolledUp, AStepOfSecondsIsRefused) {
  Rollups rollups(engine());
  EXPECT_EQ(rollups.ask({.dimension = Dimension::kAll, .window = {}, .step = 1'000}).error().code,
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace noroshi
