#include "app/daily_judge.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace noroshi {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// 2026-11-22, and so long after midnight.
Timestamp at(minutes since_midnight) {
  return std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + since_midnight;
}
std::uint64_t hour_of(Timestamp moment) { return to_unix_milliseconds(moment) / 3'600'000; }

TEST(DueWindow, IsTheDayBeforeTheHourOfItsTime) {
  const auto due = due_window(hours(5), at(hours(5)), std::nullopt);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->to, hour_of(at(hours(5))));
  EXPECT_EQ(due->from, due->to - 24);
  EXPECT_EQ(due_window(minutes(5 * 60 + 45), at(hours(6)), std::nullopt)->to, hour_of(at(hours(5))))
      << "whole hours";
}

TEST(DueWindow, BeforeItsTimeIsThatOfTheDayBefore) {
  EXPECT_EQ(due_window(hours(5), at(minutes(299)), std::nullopt)->to,
            hour_of(at(hours(5)) - hours(24)));
}

TEST(DueWindow, IsNotDueTwice) {
  EXPECT_FALSE(due_window(hours(5), at(hours(9)), at(hours(5))));
  EXPECT_FALSE(due_window(hours(5), at(hours(9)), at(hours(8)))) << "judged by hand since";
  EXPECT_TRUE(due_window(hours(5), at(hours(9)), at(hours(4))));
}

TEST(DailyJudge, JudgesOnceAndAgainAfterAFailure) {
  std::atomic<int> judged = 0;
  std::atomic<int> failed = 0;
  std::atomic<bool> done = false;
  DailyJudge judge(
      {.at = hours(5), .clock_interval = std::chrono::milliseconds(1), .patience = minutes(0)},
      {.judged_until = [&]() -> Result<std::optional<Timestamp>> {
         if (done) return at(hours(5));
         return std::nullopt;
       },
       .judge = [&](const DueWindow& window) -> Status {
         EXPECT_EQ(window.to, hour_of(at(hours(5))));
         if (++judged == 1) return failure(ErrorCode::kUnavailable, "later");
         done = true;
         return {};
       },
       .now = [] { return at(hours(7)); },
       .failed = [&](const std::string&) { ++failed; }});
  judge.start();
  while (!done) std::this_thread::yield();
  judge.stop();
  judge.stop();
  EXPECT_EQ(judged, 2);
  EXPECT_EQ(failed, 1);
}

}  // namespace
}  // namespace noroshi
