#include <gmock/gmock.h>

#include "guard/audit/line.h"
#include "guard/retention/deletion.h"
#include "guard/retention/holds.h"
#include "guard/retention/reading_windows.h"

namespace noroshi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Timestamp at(std::uint64_t hour) { return from_unix_milliseconds(hour * 3'600'000); }

Deletion flows(std::uint64_t hour) {
  return {"flows", at(hour), at(hour + 1), 20'000, 123'456, "age", {}};
}

class Chain {
 public:
  /// As the audit writes it and gives it back.
  void add(DeletionList& list, AuditEntry entry) {
    RecordedEntry recorded;
    recorded.sequence = ++sequence_;
    recorded.moment.time = at(500'000) + std::chrono::seconds(sequence_);
    recorded.moment.boot = "5d1b6b4e-1d3c-4b55-a2a5-0f6f1a6f9f10";
    recorded.node = "edge-1";
    recorded.entry = std::move(entry);
    const auto line = audit_line(recorded);
    const auto read = read_audit_line(std::string_view(line).substr(0, line.size() - 1));
    ASSERT_TRUE(read) << read.error().message;
    list.add(*read);
  }

 private:
  std::uint64_t sequence_ = 0;
};

TEST(HeldData, HoldsWhatOverlapsTheWindowOfACase) {
  const HeldData held({{"C1", at(10), at(12)}, {"C2", at(11), at(20)}});
  EXPECT_THAT(held.cases_of("flows", at(9), at(10)), IsEmpty());
  EXPECT_THAT(held.cases_of("flows", at(9), at(11)), ElementsAre("C1"));
  EXPECT_THAT(held.cases_of("contacts", at(0), at(24)), ElementsAre("C1", "C2"));
  EXPECT_THAT(held.cases_of("flows", at(20), at(21)), IsEmpty());
}

TEST(HeldData, HoldsNoTableThatSaysNothingAboutSubscribers) {
  const HeldData held({{"C1", at(10), at(12)}});
  EXPECT_FALSE(held.holds("rollup_1h", at(0), at(24)));
  EXPECT_FALSE(HeldData::everything().holds("rollup_1h", at(0), at(24)));
}

TEST(HeldData, HoldsEverythingWhereTheHoldsAreNotKnown) {
  const auto held = HeldData::ask([]() -> Result<std::vector<Hold>> {
    return failure(ErrorCode::kMalformed, "the ledger has lost a case");
  });
  EXPECT_TRUE(held.is_everything());
  EXPECT_TRUE(held.holds("flows", at(1), at(2)));
  EXPECT_FALSE(HeldData::ask({}).holds("flows", at(1), at(2)));
}

TEST(DeletionList, TellsHowEachDeletionWent) {
  DeletionList list;
  Chain chain;
  auto broken = flows(3);
  broken.why = "disk-free";
  broken.cases = {"C1", "C7"};
  chain.add(list, entry_before(flows(1)));
  chain.add(list, entry_after(flows(1), true));
  chain.add(list, entry_before(flows(2)));
  chain.add(list, entry_after(flows(2), false));
  chain.add(list, entry_before(broken, true));
  const auto deletions = list.take();
  ASSERT_EQ(deletions.size(), 3u);
  EXPECT_EQ(deletions[0].deletion, flows(1));
  EXPECT_EQ(deletions[0].outcome, RecordedDeletion::Outcome::kDone);
  EXPECT_EQ(deletions[0].time, at(500'000) + std::chrono::seconds(1));
  EXPECT_EQ(deletions[1].outcome, RecordedDeletion::Outcome::kFailed);
  EXPECT_EQ(deletions[2].deletion, broken);
  EXPECT_EQ(deletions[2].outcome, RecordedDeletion::Outcome::kUnknown);
}

TEST(DeletionList, APartitionDeletedAgainIsTwoDeletions) {
  DeletionList list;
  Chain chain;
  chain.add(list, entry_before(flows(1)));
  chain.add(list, entry_before(flows(1)));
  chain.add(list, entry_after(flows(1), true));
  const auto deletions = list.take();
  ASSERT_EQ(deletions.size(), 2u);
  EXPECT_EQ(deletions[0].outcome, RecordedDeletion::Outcome::kUnknown);
  EXPECT_EQ(deletions[1].outcome, RecordedDeletion::Outcome::kDone);
}

TEST(DeletionList, KeepsTheNewestAndCountsWhatItLeavesOut) {
  DeletionList list(2);
  Chain chain;
  for (std::uint64_t hour = 1; hour <= 5; ++hour) chain.add(list, entry_before(flows(hour)));
  EXPECT_EQ(list.left_out(), 3u);
  EXPECT_EQ(list.take().front().deletion, flows(4));
}

Purpose reading(const char* name, std::vector<GuardedTable> tables, std::uint32_t days) {
  Purpose purpose;
  purpose.name = name;
  purpose.tables = std::move(tables);
  purpose.retention_days = days;
  return purpose;
}

TEST(ReadingWindows, BeyondTheLongestNobodyReads) {
  Policy policy;
  policy.purposes = {reading("week", {GuardedTable::kFlows, GuardedTable::kContacts}, 7),
                     reading("month", {GuardedTable::kFlows}, 30)};
  auto windows = reading_windows(policy);
  ASSERT_EQ(windows.size(), 3u);
  EXPECT_EQ(windows[0].purpose, "week");
  EXPECT_EQ(longest_window(windows, GuardedTable::kFlows), 30u);
  EXPECT_EQ(longest_window(windows, GuardedTable::kContacts), 7u);
  policy.purposes.push_back(reading("ever", {GuardedTable::kContacts}, 0));
  EXPECT_EQ(longest_window(reading_windows(policy), GuardedTable::kContacts), std::nullopt);
  EXPECT_EQ(longest_window({}, GuardedTable::kFlows), 0u);
}

}  // namespace
}  // namespace noroshi
