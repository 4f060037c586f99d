#include "decode/sequence.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

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
  EXPECT_TRUE(late.reordered);
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
  EXPECT_TRUE(step.reset);
  EXPECT_EQ(step.lost, 0);
  EXPECT_EQ(tracker.observe(30, 30).lost, 0);
}

TEST(SequenceTracker, TakesADuplicateForWhatItIs) {
  SequenceTracker tracker;
  tracker.observe(0, 10);
  tracker.observe(10, 10);
  const auto again = tracker.observe(10, 10);
  EXPECT_TRUE(again.reordered);
  EXPECT_EQ(again.lost, 0);
  EXPECT_EQ(tracker.observe(20, 10).lost, 0);
}

}  // namespace
}  // namespace noroshi
