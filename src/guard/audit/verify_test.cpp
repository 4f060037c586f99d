#include "guard/audit/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/folder_for_test.h"
#include "guard/audit/chain_for_test.h"

namespace noroshi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// "altered 12-12 …": what findings say, short enough to compare.
std::vector<std::string> said(const AuditVerification& seen) {
  std::vector<std::string> all;
  for (const auto& finding : seen.findings)
    all.push_back(std::string(to_string(finding.fault)) + " " + std::to_string(finding.first) +
                  "-" + std::to_string(finding.last));
  return all;
}

class Verify : public ::testing::Test {
 protected:
  /// Forty entries in several segments.
  Verify() { for_test::write_chain(audit_, 40); }

  [[nodiscard]] std::vector<std::string> found() const {
    const auto seen = verify_audit(audit_);
    EXPECT_TRUE(seen);
    for (const auto& finding : seen->findings) {
      EXPECT_FALSE(finding.english.empty());
      EXPECT_FALSE(finding.japanese.empty());
    }
    return said(*seen);
  }
  [[nodiscard]] AuditSegment segment(std::size_t index) const {
    return audit_segments(audit_)->at(index);
  }
  void change(std::size_t index, const std::function<void(std::vector<std::string>&)>& change) {
    const auto path = segment(index).path;
    auto lines = for_test::lines_of(for_test::read_file(path));
    change(lines);
    for_test::write_file(path, for_test::joined(lines));
  }

  for_test::Folder folder_{for_test::memory_folder()};
  std::filesystem::path audit_ = folder_.path() / "audit";
};

TEST_F(Verify, FindsNothingWrongWithAWholeChain) {
  const auto seen = verify_audit(audit_);
  ASSERT_TRUE(seen);
  EXPECT_THAT(seen->findings, IsEmpty());
  EXPECT_EQ(seen->entries, 40U);
  EXPECT_EQ(seen->last.sequence, 40U);
  EXPECT_EQ(seen->head, seen->last);
  EXPECT_GE(seen->segments, 3U);
  EXPECT_TRUE(seen->is_good());
  EXPECT_EQ(seen->to - seen->from, std::chrono::seconds(39));
}

TEST_F(Verify, NamesAnEntryWhoseContentWasChanged) {
  change(1, [](auto& lines) { lines[2].replace(lines[2].find("sato"), 4, "kato"); });
  const auto at = segment(1).first + 2;
  EXPECT_THAT(found(), ElementsAre("altered " + std::to_string(at) + "-" + std::to_string(at)));
}

TEST_F(Verify, NamesTheLastEntryWhenItWasChanged) {
  const auto last = audit_segments(audit_)->size() - 1;
  change(last, [](auto& lines) { lines.back().replace(lines.back().find("sato"), 4, "kato"); });
  EXPECT_THAT(found(), ElementsAre("altered 40-40"));
}

TEST_F(Verify, NamesAnEntryThatIsNoLongerOne) {
  change(0, [](auto& lines) { lines[3][0] = '['; });
  EXPECT_THAT(found(), ElementsAre("altered 4-4"));
}

TEST_F(Verify, NamesEntriesThatAreGone) {
  change(0, [](auto& lines) { lines.erase(lines.begin() + 2, lines.begin() + 5); });
  EXPECT_THAT(found(), ElementsAre("missing 3-5"));
}

TEST_F(Verify, NamesTheFirstEntriesWhenTheyAreGone) {
  change(0, [](auto& lines) { lines.erase(lines.begin()); });
  EXPECT_THAT(found(), ElementsAre("missing 1-1", "misnamed 2-2"));
}

TEST_F(Verify, NamesAnEntryThatStandsElsewhere) {
  change(0, [](auto& lines) { std::swap(lines[2], lines[3]); });
  EXPECT_THAT(found(), ElementsAre("reordered 3-3"));
}

TEST_F(Verify, NamesAnEntryThatStandsThereTwice) {
  change(0, [](auto& lines) { lines.insert(lines.begin() + 4, lines[2]); });
  EXPECT_THAT(found(), ElementsAre("duplicated 3-3"));
}

TEST_F(Verify, NamesALineThatWasInserted) {
  change(0, [](auto& lines) { lines.insert(lines.begin() + 4, "{}\n"); });
  EXPECT_THAT(found(), ElementsAre("inserted 4-4"));
}

TEST_F(Verify, NamesAnEntryThatWasInsertedUnderAnotherOnesNumber) {
  change(0, [](auto& lines) {
    auto forged = lines[3];
    forged.replace(forged.find("sato"), 4, "kato");
    lines.insert(lines.begin() + 4, forged);
  });
  EXPECT_THAT(found(), ElementsAre("inserted 4-4"));
}

TEST_F(Verify, NamesAnEntryThatWasRenumbered) {
  change(0, [](auto& lines) { lines[3].replace(0, 13, "{\"sequence\":9"); });
  EXPECT_THAT(found(), ElementsAre("altered 4-4"));
}

TEST_F(Verify, NamesWhatIsMissingAtTheEnd) {
  const auto last = audit_segments(audit_)->size() - 1;
  change(last, [](auto& lines) { lines.resize(lines.size() - 2); });
  EXPECT_THAT(found(), ElementsAre("truncated 39-40"));
}

TEST_F(Verify, NamesAnAcknowledgedEntryThatIsCutShort) {
  const auto last = audit_segments(audit_)->size() - 1;
  change(last, [](auto& lines) { lines.back().resize(20); });
  EXPECT_THAT(found(), ElementsAre("truncated 40-40", "altered 40-40"));
}

TEST_F(Verify, NamesASegmentThatIsMissing) {
  const auto gone = segment(1);
  const auto next = segment(2).first;
  std::filesystem::remove(gone.path);
  EXPECT_THAT(found(), ElementsAre("segment_missing " + std::to_string(gone.first) + "-" +
                                   std::to_string(next - 1)));
}

TEST_F(Verify, NamesAFirstSegmentThatIsMissing) {
  const auto next = segment(1).first;
  std::filesystem::remove(segment(0).path);
  EXPECT_THAT(found(), ElementsAre("segment_missing 1-" + std::to_string(next - 1)));
}

TEST_F(Verify, SaysWhenTheHeadIsMissingOrAnotherOnes) {
  for_test::write_file(audit_ / "head", audit_head_text({40, sha256("another")}));
  EXPECT_THAT(found(), ElementsAre("altered 40-40"));
  for_test::write_file(audit_ / "head", "40");
  EXPECT_THAT(found(), ElementsAre("head 0-0"));
  std::filesystem::remove(audit_ / "head");
  EXPECT_THAT(found(), ElementsAre("head 0-0"));
}

TEST_F(Verify, TakesAnUnfinishedLastLineForWhatACrashLeaves) {
  const auto last = audit_segments(audit_)->size() - 1;
  change(last, [](auto& lines) { lines.back() += "{\"sequence\":41,\"ti"; });
  EXPECT_THAT(found(), ElementsAre("unfinished 41-41"));
  EXPECT_TRUE(verify_audit(audit_)->is_good());
}

/// A chain whose hashes are right, but whose clock was played with.
std::vector<std::string> found_with_clock(const std::function<void(for_test::Clock&)>& play) {
  const for_test::Folder folder(for_test::memory_folder());
  for_test::Clock clock;
  Audit::Config config;
  config.folder = folder.path() / "audit";
  config.node = "edge-1";
  const auto audit = Audit::open(std::move(config), std::ref(clock));
  for (int i = 1; i <= 40; ++i) {
    if (i == 20) play(clock);
    CHECK((*audit)->append(for_test::read_entry(1)));
  }
  const auto seen = verify_audit(folder.path() / "audit");
  EXPECT_TRUE(seen->is_intact());
  return said(*seen);
}

TEST(VerifyClock, NamesTheEntryBehindAClockThatWentBackOrAhead) {
  EXPECT_THAT(found_with_clock([](auto& clock) { clock.time -= std::chrono::minutes(1); }),
              ElementsAre("clock 20-20"));
  EXPECT_THAT(found_with_clock([](auto& clock) { clock.time += std::chrono::minutes(1); }),
              ElementsAre("clock 20-20"));
  EXPECT_THAT(found_with_clock([](auto& clock) { clock.uptime -= 30'000; }),
              ElementsAre("clock 20-20", "clock 20-20"));
}

TEST(VerifyClock, ToleratesWhatClocksDo) {
  EXPECT_THAT(found_with_clock([](auto& clock) { clock.time -= std::chrono::seconds(1); }),
              IsEmpty());
  EXPECT_THAT(found_with_clock([](auto& clock) {
                clock.uptime += 86'400'000;
                clock.time += std::chrono::hours(24) + std::chrono::seconds(40);
              }),
              IsEmpty());
}

TEST(VerifyClock, LetsTheMonotonicClockBeginAnewWithABoot) {
  EXPECT_THAT(found_with_clock([](auto& clock) {
                clock.boot = "another";
                clock.uptime = 3;
                clock.time += std::chrono::hours(1);
              }),
              IsEmpty());
  EXPECT_THAT(found_with_clock([](auto& clock) {
                clock.boot = "another";
                clock.time -= std::chrono::hours(1);
              }),
              ElementsAre("clock 20-20"));
}

TEST(VerifyClock, AddsUpSmallSteps) {
  const for_test::Folder folder(for_test::memory_folder());
  for_test::Clock clock;
  Audit::Config config;
  config.folder = folder.path() / "audit";
  config.node = "edge-1";
  const auto audit = Audit::open(std::move(config), std::ref(clock));
  for (int i = 1; i <= 10; ++i) {
    clock.time -= std::chrono::milliseconds(500);
    CHECK((*audit)->append(for_test::read_entry(1)));
  }
  EXPECT_THAT(said(*verify_audit(folder.path() / "audit")), ElementsAre("clock 6-6"));
}

}  // namespace
}  // namespace noroshi
