#include "guard/filing/keeper.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "guard/filing/filing_for_test.h"

namespace noroshi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Keeper : public ::testing::Test {
 protected:
  Keeper() {
    std::string name = "/tmp/noroshi-filing-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    reopen();
  }
  ~Keeper() override { std::filesystem::remove_all(folder_); }

  /// As after a restart: what is known is the file and the audit.
  void reopen() {
    keeper_ = std::make_unique<FilingKeeper>(
        FilingKeeper::Config{folder_},
        FilingKeeper::Dependencies{[this](AuditEntry entry) -> Status {
                                     if (audit_fails_)
                                       return failure(ErrorCode::kIo, "the disk is full");
                                     RecordedEntry recorded;
                                     recorded.sequence = audit_.size() + 1;
                                     recorded.moment.time = now_;
                                     recorded.entry = std::move(entry);
                                     audit_.push_back(std::move(recorded));
                                     return {};
                                   },
                                   rules_for_test(), [this] { return now_; }});
    for (const auto& recorded : audit_) keeper_->recall(recorded);
  }

  void write(std::string_view text) const { std::ofstream(folder_ / "filing.toml") << text; }
  std::vector<std::string> missing() {
    std::vector<std::string> codes;
    for (const auto& fault : keeper_->missing(listening_)) codes.emplace_back(fault.code);
    return codes;
  }
  std::vector<std::string> watch(const FilingMeasures& measures = {}) {
    std::vector<std::string> codes;
    for (const auto& fault : keeper_->watch(listening_, measures)) codes.emplace_back(fault.code);
    return codes;
  }
  std::vector<std::string> kinds() const {
    std::vector<std::string> kinds;
    for (const auto& recorded : audit_) kinds.push_back(recorded.entry.kind);
    return kinds;
  }

  const FilingKeeper::Filer root_{"root", true};
  const FilingKeeper::Filer hanako_{"hanako", false};
  const FilingKeeper::Filer mallory_{"mallory", false};
  const std::string text_ = print_filing(whole_filing());
  std::filesystem::path folder_;
  Timestamp now_ = kFilingNow;
  bool audit_fails_ = false;
  std::vector<RecordedEntry> audit_;
  std::vector<IpAddress> listening_{IpAddress::parse("192.0.2.1").value()};
  std::unique_ptr<FilingKeeper> keeper_;
};

TEST_F(Keeper, StartsClosed) {
  EXPECT_THAT(missing(), ElementsAre("not_filed"));
  EXPECT_FALSE(keeper_->in_force());
  EXPECT_FALSE(keeper_->acts_allowed());
}

TEST_F(Keeper, OpensWithAFilingAndStaysOpenOverARestart) {
  ASSERT_TRUE(keeper_->file(text_, hanako_));
  for (int times = 0; times < 2; ++times) {
    EXPECT_THAT(missing(), IsEmpty());
    EXPECT_THAT(watch(), IsEmpty());
    ASSERT_TRUE(keeper_->in_force());
    EXPECT_EQ(keeper_->in_force()->filed_by, "hanako");
    EXPECT_TRUE(keeper_->acts_allowed());
    reopen();
  }
  EXPECT_EQ(audit_.front().entry.details[1].second, sha256(text_).to_hex());
}

TEST_F(Keeper, TakesAFilingFromTheResponsiblePersonOrAnAdministratorAlone) {
  EXPECT_EQ(keeper_->file(text_, mallory_).error().code, ErrorCode::kPermission);
  EXPECT_TRUE(keeper_->file(text_, root_));
  EXPECT_EQ(keeper_->withdraw("mine now", mallory_).error().code, ErrorCode::kPermission);
  EXPECT_EQ(keeper_->file(std::string(demo_filing()), hanako_).error().code,
            ErrorCode::kPermission);
  EXPECT_THAT(missing(), IsEmpty());
}

TEST_F(Keeper, ListsWhatIsMissingInBothLanguagesAndKeepsWhatWasInForce) {
  ASSERT_TRUE(keeper_->file(text_, root_));
  auto filing = whole_filing();
  filing.means.clear();
  filing.responsible = "expired";
  const auto status = keeper_->file(print_filing(filing), root_);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("means_missing: means is not answered"));
  EXPECT_THAT(status.error().message, HasSubstr("clearance_expired: 責任者"));
  EXPECT_EQ(keeper_->in_force()->text, text_);
  EXPECT_THAT(kinds(), ElementsAre("filed"));
}

TEST_F(Keeper, DoesNotTakeAFileThatNobodyFiled) {
  write(text_);
  EXPECT_THAT(missing(), ElementsAre("changed_by_hand"));
}

TEST_F(Keeper, NoticesAFileChangedByHandAndStops) {
  ASSERT_TRUE(keeper_->file(text_, root_));
  auto changed = text_;
  changed.replace(changed.find("operation"), 9, "trial");
  write(changed);
  EXPECT_THAT(keeper_->missing(listening_).front().text.en, HasSubstr(sha256(text_).to_hex()));
  EXPECT_FALSE(keeper_->in_force());
  EXPECT_THAT(watch(), ElementsAre("changed_by_hand"));
  EXPECT_THAT(kinds(), ElementsAre("filed", "stopped"));
  reopen();
  EXPECT_THAT(missing(), ElementsAre("changed_by_hand"));
  write(text_);
  EXPECT_THAT(missing(), ElementsAre("stopped"));
}

TEST_F(Keeper, StopsOnceWhenThePeriodEndsAndStaysStopped) {
  ASSERT_TRUE(keeper_->file(text_, root_));
  now_ = *whole_filing().until;
  EXPECT_THAT(watch(), ElementsAre("period_over"));
  EXPECT_THAT(watch(), ElementsAre("stopped"));
  EXPECT_THAT(kinds(), ElementsAre("filed", "stopped"));
  EXPECT_EQ(audit_.back().entry.details.front(),
            (std::pair<std::string, std::string>{"criterion", "period_over"}));
  reopen();
  now_ = kFilingNow;  // a clock that is set back opens nothing
  EXPECT_THAT(missing(), ElementsAre("stopped"));
  ASSERT_TRUE(keeper_->file(text_, root_));
  EXPECT_THAT(missing(), IsEmpty());
}

TEST_F(Keeper, StopsByAMeasuredCriterion) {
  auto filing = whole_filing();
  filing.stop_when.most_flows_a_second = 10;
  ASSERT_TRUE(keeper_->file(print_filing(filing), root_));
  EXPECT_THAT(watch({10, 0, std::nullopt}), IsEmpty());
  EXPECT_THAT(watch({11, 0, std::nullopt}), ElementsAre("most_flows_a_second"));
  EXPECT_THAT(watch(), ElementsAre("stopped"));
}

TEST_F(Keeper, StopsEvenWhenTheAuditCannotBeWritten) {
  ASSERT_TRUE(keeper_->file(text_, root_));
  audit_fails_ = true;
  now_ = *whole_filing().until;
  EXPECT_THAT(watch(), ElementsAre("period_over"));
  EXPECT_THAT(watch(), ElementsAre("stopped"));
}

TEST_F(Keeper, FilesNothingWhenTheAuditCannotBeWritten) {
  audit_fails_ = true;
  EXPECT_EQ(keeper_->file(text_, root_).error().code, ErrorCode::kIo);
  EXPECT_THAT(missing(), ElementsAre("not_filed"));
}

TEST_F(Keeper, WaitsForAPeriodThatIsStillToCome) {
  auto filing = whole_filing();
  filing.from = kFilingNow + std::chrono::hours(1);
  ASSERT_TRUE(keeper_->file(print_filing(filing), root_));
  EXPECT_THAT(watch(), ElementsAre("period_not_begun"));
  now_ += std::chrono::hours(1);
  EXPECT_THAT(watch(), IsEmpty());
  EXPECT_THAT(kinds(), ElementsAre("filed"));
}

TEST_F(Keeper, EndsWithAWithdrawal) {
  EXPECT_EQ(keeper_->withdraw("x", root_).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(keeper_->file(text_, root_));
  EXPECT_FALSE(keeper_->withdraw(" ", root_));
  ASSERT_TRUE(keeper_->withdraw("the trial is over", hanako_));
  EXPECT_THAT(watch(), ElementsAre("withdrawn"));
  EXPECT_FALSE(keeper_->acts_allowed());
  reopen();
  EXPECT_THAT(missing(), ElementsAre("withdrawn"));
  EXPECT_THAT(kinds(), ElementsAre("filed", "filed"));
}

TEST_F(Keeper, LetsTheDemonstrationCollectOnLoopbackAlone) {
  ASSERT_TRUE(keeper_->file(std::string(demo_filing()), root_));
  EXPECT_THAT(missing(), ElementsAre("demo_beyond_loopback"));
  listening_ = {IpAddress::parse("127.0.0.1").value(), IpAddress::parse("::1").value()};
  EXPECT_THAT(watch({1e9, 1000, std::nullopt}), IsEmpty());
  EXPECT_TRUE(keeper_->in_force()->demo);
  EXPECT_FALSE(keeper_->acts_allowed());
}

}  // namespace
}  // namespace noroshi
