#include "store/open_batches.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/flows_for_test.h"
#include "store/history.h"

namespace noroshi {
namespace {

using namespace std::chrono_literals;

constexpr OpenBatches::Moment kNow{};

TEST(OpenBatches, ClosesABatchWhenItIsFull) {
  OpenBatches open({.most_rows = 10});
  EXPECT_TRUE(open.add(for_test::rows(7, 0, 6), kNow).empty());
  EXPECT_TRUE(open.add(for_test::rows(7, 6, 3), kNow).empty());
  const auto closed = open.add(for_test::rows(7, 9, 1), kNow);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].flows.size(), 10u);
  EXPECT_EQ(open.rows(), 0u);
}

TEST(OpenBatches, ClosesByAge) {
  OpenBatches open({.oldest = 1000ms});
  (void)open.add(for_test::rows(7, 0, 6), kNow);
  (void)open.add(for_test::rows(7, 6, 6), kNow + 900ms);
  EXPECT_TRUE(open.close_old(kNow + 999ms).empty());
  EXPECT_EQ(open.close_old(kNow + 1000ms).size(), 1u);
}

TEST(OpenBatches, LetsLateRowsOfPastHoursWaitForOneAnother) {
  OpenBatches open({.oldest = 1s, .few_rows = 5, .oldest_of_few = 10s});
  (void)open.add(for_test::rows(7, 0, 4), kNow);   // few
  (void)open.add(for_test::rows(8, 10, 5), kNow);  // many, though past
  (void)open.add(for_test::rows(9, 20, 1), kNow);  // the newest
  EXPECT_EQ(open.close_old(kNow + 1s).size(), 2u);
  EXPECT_EQ(open.hours(), 1u);
  (void)open.add(for_test::rows(9, 21, 1), kNow + 2s);
  EXPECT_EQ(open.close_old(kNow + 9s).size(), 1u);
  // What is left is the newest now, and waits no longer than that.
  EXPECT_EQ(open.close_old(kNow + 9s).size(), 1u);
}

TEST(OpenBatches, ClosesTheFullestPastHourWhenThereAreTooMany) {
  OpenBatches open({.most_hours = 2});
  (void)open.add(for_test::rows(1, 0, 1), kNow);
  (void)open.add(for_test::rows(2, 10, 3), kNow);
  const auto closed = open.add(for_test::rows(9, 20, 9), kNow);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].hour, 2u);
  EXPECT_EQ(open.closed_early(), 1u);
}

TEST(OpenBatches, UsesTheMemoryOfALargeBatchAgainWithoutItsRows) {
  OpenBatches open({.most_rows = 100});
  auto used = for_test::rows(7, 0, 100);
  const auto* memory = used.bytes().data();
  open.reuse(std::move(used));
  (void)open.add(for_test::rows(8, 0, 40), kNow);
  (void)open.add(for_test::rows(8, 40, 50), kNow);
  const auto closed = open.close_all();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].flows.bytes().data(), memory);
  EXPECT_EQ(closed[0].flows.size(), 90u);
  EXPECT_EQ(closed[0].flows.last().front(), 8 * for_test::kHour);
}

RC_GTEST_PROP(OpenBatches, PutsEveryRowIntoOneBatchOfItsHour, ()) {
  OpenBatches open({.most_rows = 7, .most_hours = 3});
  std::uint64_t number = 0;
  std::vector<HourBatch> closed;
  const auto keep = [&](std::vector<HourBatch> batches) {
    for (auto& batch : batches) closed.push_back(std::move(batch));
  };
  const auto steps = *rc::gen::container<std::vector<std::vector<std::uint8_t>>>(
      rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(0, 5)));
  auto now = kNow;
  for (const auto& hours : steps) {
    FlowBatch flows;
    for (const auto hour : hours) for_test::add_row(flows, hour, number++);
    keep(open.add(std::move(flows), now));
    now += 300ms;
    keep(open.close_old(now));
  }
  keep(open.close_all());
  RC_ASSERT(open.rows() == 0u);
  std::multiset<std::uint64_t> found;
  for (const auto& batch : closed) {
    RC_ASSERT(batch.flows.size() <= 7u);
    RC_ASSERT(!batch.flows.empty());
    for (const auto last : batch.flows.last()) RC_ASSERT(History::hour_of(last) == batch.hour);
    found.merge(for_test::numbers(batch.flows));
  }
  std::multiset<std::uint64_t> all;
  for (std::uint64_t at = 0; at < number; ++at) all.insert(at);
  RC_ASSERT(found == all);
}

}  // namespace
}  // namespace noroshi
