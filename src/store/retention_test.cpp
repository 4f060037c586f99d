#include "store/retention.h"

#include <gmock/gmock.h>

#include "store/embedded/engine_for_test.h"
#include "store/flows_for_test.h"

namespace noroshi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kNow = 500'000;

Partition flows(std::uint64_t hour, std::uint64_t bytes = 100) {
  return {"flows", hour, hour, hour + 1, 1, bytes};
}
Partition contacts(std::uint64_t day, std::uint64_t bytes = 10) {
  return {"contacts", day, day * 24, day * 24 + 24, 1, bytes};
}
Timestamp at(std::uint64_t hour) { return from_unix_milliseconds(hour * 3'600'000 + 5); }

std::vector<std::string> planned(const std::vector<Partition>& partitions,
                                 const RetentionLimits& limits,
                                 const std::optional<DiskState>& disk = std::nullopt,
                                 const IsHeld& is_held = {}) {
  std::vector<std::string> texts;
  const auto plan = plan_drops(partitions, limits, disk, at(kNow), is_held);
  for (const auto& drop : plan.drops)
    texts.push_back(drop.partition.table + " " + std::to_string(drop.partition.begin) + " " +
                    std::string(name_of(drop.reason)) + (drop.held ? " although held" : ""));
  for (const auto& kept : plan.kept)
    texts.push_back(kept.table + " " + std::to_string(kept.begin) + " kept");
  return texts;
}

TEST(PlanDrops, WithoutLimitsKeepsEverything) {
  EXPECT_THAT(planned({flows(1), flows(2)}, {}, DiskState{100, 0}), IsEmpty());
}

TEST(PlanDrops, TakesWhatEndedTooLongAgo) {
  RetentionLimits limits;
  limits.tables["flows"].hours = 10;
  EXPECT_THAT(planned({flows(kNow - 10), flows(kNow - 11), flows(kNow - 12), contacts(1)}, limits),
              ElementsAre("flows 499988 age", "flows 499989 age"));
}

TEST(PlanDrops, TakesTheOldestOfATableThatIsTooLarge) {
  RetentionLimits limits;
  limits.tables["flows"].bytes = 250;
  EXPECT_THAT(planned({flows(7), flows(5), flows(6), contacts(0)}, limits),
              ElementsAre("flows 5 table size"));
}

TEST(PlanDrops, TakesTheOldestOfAllWhenTogetherTheyAreTooLarge) {
  RetentionLimits limits;
  limits.most_bytes = 205;
  EXPECT_THAT(planned({flows(100), contacts(0), flows(101), contacts(5)}, limits),
              ElementsAre("contacts 0 total size", "flows 100 total size"));
}

TEST(PlanDrops, AShareOfTheFileSystemIsALimitToo) {
  RetentionLimits limits;
  limits.most_share = 0.5;
  EXPECT_THAT(planned({flows(1), flows(2), flows(3)}, limits, DiskState{500, 400}),
              ElementsAre("flows 1 total size"));
  EXPECT_THAT(planned({flows(1), flows(2), flows(3)}, limits), IsEmpty());
}

TEST(PlanDrops, TakesTheOldestUntilTheDiskHasRoomAgain) {
  RetentionLimits limits;
  limits.least_free = 150;
  EXPECT_THAT(planned({flows(3), flows(1), flows(2)}, limits, DiskState{1000, 20}),
              ElementsAre("flows 1 disk full", "flows 2 disk full"));
}

TEST(PlanDrops, NeverTakesWhatIsStillOpen) {
  RetentionLimits limits;
  limits.tables["flows"] = {.hours = 1, .bytes = 1};
  limits.most_bytes = 1;
  limits.least_free = 1'000'000;
  EXPECT_THAT(
      planned({flows(kNow), flows(kNow + 3), contacts(kNow / 24)}, limits, DiskState{1000, 0}),
      IsEmpty());
}

bool is_held(const Partition& partition) { return partition.begin == 1 || partition.begin == 3; }

TEST(PlanDrops, KeepsWhatIsHeldThoughItIsOldOrTooMuch) {
  RetentionLimits limits;
  limits.tables["flows"] = {.hours = 10, .bytes = 100};
  EXPECT_THAT(planned({flows(1), flows(2)}, limits, std::nullopt, is_held),
              ElementsAre("flows 2 age", "flows 1 kept"));
  limits.tables.clear();
  limits.most_bytes = 100;
  EXPECT_THAT(planned({flows(1), flows(2), flows(3)}, limits, std::nullopt, is_held),
              ElementsAre("flows 2 total size", "flows 1 kept"));
}

TEST(PlanDrops, TakesWhatIsHeldOnlyWhenTheDiskIsFullAndNothingElseIsLeft) {
  RetentionLimits limits;
  limits.least_free = 250;
  const std::vector<Partition> partitions = {flows(1), flows(2), flows(3), flows(4)};
  EXPECT_THAT(planned(partitions, limits, DiskState{1000, 100}, is_held),
              ElementsAre("flows 2 disk full", "flows 4 disk full", "flows 1 kept"));
  EXPECT_THAT(planned(partitions, limits, DiskState{1000, 0}, is_held),
              ElementsAre("flows 2 disk full", "flows 4 disk full",
                          "flows 1 disk full although held", "flows 3 kept"));
}

class RetentionOfHistory : public for_test::WithEngine {};

TEST_F(RetentionOfHistory, DropsPartitionsAndGivesTheirSpaceBack) {
  const auto history = open_history();
  for (std::uint64_t hour = 0; hour < 3; ++hour)
    ASSERT_TRUE(history->insert(0, hour + 1, for_test::rows(kNow - hour, 0, 20'000)));
  const auto before = history->partitions();
  ASSERT_TRUE(before) << before.error().message;
  ASSERT_EQ(before->size(), 3u);
  EXPECT_EQ(before->front().rows, 20'000u);
  EXPECT_EQ(before->front().begin, kNow - 2);
  EXPECT_GT(before->front().bytes, 1'000u);

  RetentionLimits limits;
  limits.tables["flows"].hours = 1;
  Retention retention(limits, {*history, [] { return std::optional<DiskState>(); }, {}, {}, {}});
  const auto report = retention.apply(at(kNow));
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->dropped.size(), 1u);
  EXPECT_EQ(report->dropped[0].partition, before->front());
  EXPECT_FALSE(report->still_too_full);
  EXPECT_EQ(history->partitions()->size(), 2u);
  EXPECT_EQ(history->rows_of(0, 3, kNow - 2), 0u);
  EXPECT_EQ(history->rows_of(0, 2, kNow - 1), 20'000u);
  EXPECT_EQ(history->drop_before("flows", kNow), 1u);
  EXPECT_EQ(history->bytes_stored(), before->back().bytes);
}

TEST_F(RetentionOfHistory, SaysWhenTheOpenHourAloneIsTooMuch) {
  const auto history = open_history();
  ASSERT_TRUE(history->insert(0, 1, for_test::rows(kNow, 0, 1'000)));
  RetentionLimits limits;
  limits.most_bytes = 1;
  Retention retention(limits, {*history, [] { return std::optional<DiskState>(); }, {}, {}, {}});
  const auto report = retention.apply(at(kNow));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->still_too_full);
  EXPECT_THAT(report->dropped, IsEmpty());
}

TEST_F(RetentionOfHistory, AsksBeforeItDropsAndTellsHowItWent) {
  const auto history = open_history();
  for (std::uint64_t hour = 2; hour < 4; ++hour)
    ASSERT_TRUE(history->insert(0, hour, for_test::rows(kNow - hour, 0, 10)));
  RetentionLimits limits;
  limits.tables["flows"].hours = 1;
  std::vector<std::string> told;
  bool allow = true;
  const auto text_of = [](const Drop& drop) { return std::to_string(kNow - drop.partition.begin); };
  Retention retention(limits, {*history,
                               [] { return std::optional<DiskState>(); },
                               {},
                               [&](const Drop& drop) -> Status {
                                 told.push_back("before " + text_of(drop));
                                 if (allow) return {};
                                 return failure(ErrorCode::kIo, "the audit cannot be written");
                               },
                               [&](const Drop& drop, const Status& outcome) {
                                 told.push_back("after " + text_of(drop));
                                 EXPECT_TRUE(outcome);
                                 EXPECT_EQ(history->partitions()->size(), 1u);
                                 allow = false;
                               }});
  const auto report = retention.apply(at(kNow));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "the audit cannot be written");
  EXPECT_THAT(told, ElementsAre("before 3", "after 3", "before 2"));
  EXPECT_EQ(history->partitions()->size(), 1u);
}

}  // namespace
}  // namespace noroshi
