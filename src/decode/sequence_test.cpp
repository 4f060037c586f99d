#include "decode/sequence.h"

#include <gtest/gtest.h>

#include <vector>

namespace noroshi {
namespace {

/// An exporter whose numbers count the message's own units, and no options, as softflowd's do.
class OwnUnitsCounted {
 public:
  SequenceTracker::Step send(std::uint32_t units, std::uint32_t options = 0) {
    lose(units);
    const auto step = tracker_.observe(sent_, units + options, options);
    total_.lost += step.lost;
    total_.reordered += step.reordered;
    total_.resets += step.resets;
    return step;
  }
  /// A message that does not arrive.
  void lose(std::uint32_t units) { sent_ += units; }
  void lose_track() { tracker_.lose_track(); }
  [[nodiscard]] const SequenceTracker::Step& total() const { return total_; }

 private:
  SequenceTracker tracker_;
  SequenceTracker::Step total_;
  std::uint32_t sent_ = 0;
};

const std::vector<std::uint32_t> kChangingSizes{24, 29, 28, 26, 28, 3, 29, 26, 29, 27, 1};

TEST(SequenceTracker, LosesNothingWhenNumbersFollow) {
  SequenceTracker tracker;
  EXPECT_EQ(tracker.observe(100, 30).lost, 0);
  EXPECT_EQ(tracker.observe(130, 30).lost, 0);
}

TEST(SequenceTracker, CountsAGapAndTakesItBackWhenTheDatagramArrivesLate) {
  SequenceTracker tracker;
  tracker.observe(0, 10);
  EXPECT_EQ(tracker.observe(20, 10).lost, 10);
  const auto late = tracker.observe(10, 10);
  EXPECT_EQ(late.lost, -10);
  EXPECT_EQ(late.reordered, 1);
  EXPECT_EQ(tracker.observe(30, 10).lost, 0);
}

TEST(SequenceTracker, WrapsAtTwoToThe32) {
  SequenceTracker tracker;
  tracker.observe(0xfffffff0u, 16);
  EXPECT_EQ(tracker.observe(0, 5).lost, 0);
  EXPECT_EQ(tracker.observe(8, 1).lost, 3);
}

TEST(SequenceTracker, SeesARestartedExporterAsAReset) {
  SequenceTracker tracker;
  tracker.observe(5'000'000, 30);
  const auto step = tracker.observe(0, 30);
  EXPECT_EQ(step.resets, 1);
  EXPECT_EQ(step.lost, 0);
  EXPECT_EQ(tracker.observe(30, 30).lost, 0);
}

TEST(SequenceTracker, TakesADuplicateForWhatItIs) {
  SequenceTracker tracker;
  tracker.observe(0, 10);
  tracker.observe(10, 10);
  const auto again = tracker.observe(10, 10);
  EXPECT_EQ(again.reordered, 1);
  EXPECT_EQ(again.lost, 0);
  EXPECT_EQ(tracker.observe(20, 10).lost, 0);
}

TEST(SequenceTracker, LearnsThatNumbersCountTheMessagesOwnUnitsAndTakesFalseLossBack) {
  OwnUnitsCounted exporter;
  exporter.send(17, 1);
  for (const auto units : kChangingSizes) exporter.send(units);
  exporter.send(15, 1);
  exporter.send(17);
  EXPECT_EQ(exporter.total().lost, 0);
  EXPECT_EQ(exporter.total().reordered, 0);
  EXPECT_EQ(exporter.total().resets, 0);
}

TEST(SequenceTracker, FindsARealGapBeforeAndAfterItHasLearntTheNumbering) {
  OwnUnitsCounted exporter;
  exporter.send(24);
  exporter.lose(17);
  for (const auto units : kChangingSizes) exporter.send(units);
  EXPECT_EQ(exporter.total().lost, 17);
  exporter.lose(20);
  EXPECT_EQ(exporter.send(9).lost, 20);
  EXPECT_EQ(exporter.send(30).lost, 0);
}

TEST(SequenceTracker, KeepsTheNumberingWhenItLosesTrack) {
  OwnUnitsCounted exporter;
  for (const auto units : kChangingSizes) exporter.send(units);
  exporter.lose_track();
  exporter.lose(5);  // nobody can tell
  EXPECT_EQ(exporter.send(30).lost, 0);
  EXPECT_EQ(exporter.send(2).lost, 0);
  EXPECT_EQ(exporter.total().reordered, 0);
}

TEST(SequenceTracker, DoesNotTakeCoincidencesForAnotherNumbering) {
  SequenceTracker tracker;
  std::uint32_t sent = 0;
  std::int64_t lost = 0;
  // Every second message loses just what makes the next number fit the other reading.
  for (std::uint32_t i = 0; i < 100; ++i) {
    lost += tracker.observe(sent, 5).lost;
    sent += 5 + 2;
    lost += tracker.observe(sent, 7).lost;
    sent += 7;
  }
  EXPECT_EQ(lost, 200);
}

TEST(SequenceTracker, ReturnsToTheStandardWhenTheExporterIsReplaced) {
  SequenceTracker tracker;
  std::uint32_t sent = 0;
  for (int round = 0; round < 10'000; ++round)
    for (const auto units : kChangingSizes) tracker.observe(sent += units, units);
  sent = 0;
  std::int64_t lost = 0;
  for (const auto units : kChangingSizes) {
    lost += tracker.observe(sent, units).lost;
    sent += units;
  }
  EXPECT_EQ(lost, 0);
  sent += 11;
  EXPECT_EQ(tracker.observe(sent, 4).lost, 11);
}

TEST(SequenceTracker, TakesBackNoMoreThanStatisticsHold) {
  DecodeStatistics statistics;
  statistics.lost_records = 3;
  count({.lost = -5, .reordered = 1, .resets = 0}, &DecodeStatistics::lost_records, statistics);
  EXPECT_EQ(statistics.lost_records, 0u);
  EXPECT_EQ(statistics.reordered, 1u);
}

}  // namespace
}  // namespace noroshi
