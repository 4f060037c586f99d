#include "app/collection_gate.h"

#include <gmock/gmock.h>

#include <fstream>
#include <vector>

#include "guard/office_for_test.h"
#include "guard/recall.h"

namespace noroshi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Gate : public OfficeOfTest {
 protected:
  Gate() { make({IpAddress::parse("192.0.2.1").value()}); }

  void make(std::vector<IpAddress> listening) {
    gate_.emplace(CollectionGate::Config{std::move(listening)},
                  CollectionGate::Dependencies{
                      .office = *office_,
                      .now = [this] { return now_; },
                      .open = [this]() -> Status {
                        if (taken_) return failure(ErrorCode::kUnavailable, "port 2055 is taken");
                        ++opened_;
                        return {};
                      },
                      .close = [this] { ++closed_; },
                      .flows = [this] { return flows_; },
                      .changed = [this](const CollectionState&) { ++told_; }});
  }
  /// After that much time.
  void look(std::chrono::milliseconds later = std::chrono::seconds(1)) {
    now_ += later;
    moment_ += later;
    gate_->look(moment_);
  }
  [[nodiscard]] std::vector<std::string> missing() const {
    std::vector<std::string> codes;
    for (const auto& fault : gate_->state().missing) codes.emplace_back(fault.code);
    return codes;
  }
  /// What the audit says that ended collection.
  [[nodiscard]] std::vector<std::string> stops() const {
    std::vector<std::string> criteria;
    EXPECT_TRUE(recall_audit(audit_->folder(), audit_->end(), [&](const RecordedEntry& recorded) {
      if (recorded.entry.kind == "stopped")
        criteria.push_back(detail_of(recorded.entry, "criterion"));
    }));
    return criteria;
  }

  std::optional<CollectionGate> gate_;
  FlowRate::Moment moment_{};
  std::uint64_t flows_ = 0;
  int opened_ = 0;
  int closed_ = 0;
  int told_ = 0;
  bool taken_ = false;
};

TEST_F(Gate, StaysClosedWithoutAFilingAndSaysSoOnce) {
  for (int i = 0; i < 5; ++i) look();
  EXPECT_EQ(opened_, 0);
  EXPECT_FALSE(gate_->state().collecting);
  EXPECT_FALSE(gate_->state().mode);
  EXPECT_THAT(missing(), ElementsAre("not_filed"));
  EXPECT_EQ(told_, 1);
}

TEST_F(Gate, OpensByItselfWhenAGoodFilingComes) {
  look();
  file(filing());
  look();
  look();
  EXPECT_EQ(opened_, 1);
  EXPECT_TRUE(gate_->state().collecting);
  EXPECT_EQ(gate_->state().mode, Filing::Mode::kOperation);
  EXPECT_THAT(missing(), IsEmpty());
  EXPECT_EQ(told_, 2);
}

TEST_F(Gate, OpensWhenThePeriodBegins) {
  auto later = filing();
  later.from = now_ + std::chrono::minutes(10);
  file(later);
  look();
  EXPECT_THAT(missing(), ElementsAre("period_not_begun"));
  look(std::chrono::minutes(10));
  EXPECT_TRUE(gate_->state().collecting);
  EXPECT_THAT(stops(), IsEmpty());
}

TEST_F(Gate, ClosesWhenTheFilingIsWithdrawn) {
  file(filing());
  look();
  ASSERT_TRUE(office_->filing().withdraw("it is enough", {"root", true}));
  look();
  look();
  EXPECT_EQ(closed_, 1);
  EXPECT_THAT(missing(), ElementsAre("withdrawn"));
  EXPECT_EQ(gate_->state().stopped, 1u);
  EXPECT_FALSE(gate_->state().mode);
}

TEST_F(Gate, ClosesWhenThePeriodEndsAndOpensForTheNextFilingAlone) {
  file(filing());
  look();
  look(std::chrono::days(100));
  EXPECT_EQ(closed_, 1);
  EXPECT_THAT(stops(), ElementsAre("clearance_expired"));  // of Cleo, at the end of the year
  look();
  EXPECT_THAT(missing(), ElementsAre("stopped"));
  EXPECT_EQ(opened_, 1);
}

TEST_F(Gate, ClosesWhenTheClearanceEndsAndRenewingItIsNotEnough) {
  file(filing());
  look();
  const auto whole = policy_;
  auto cleared = *policy_;
  for (auto& person : cleared.persons)
    for (auto& clearance : person.clearances)
      clearance.last_day = std::chrono::floor<std::chrono::days>(now_) - std::chrono::days(1);
  policy_ = std::make_shared<const Policy>(cleared);
  look();
  EXPECT_EQ(closed_, 1);
  EXPECT_THAT(missing(), ElementsAre("clearance_expired"));
  policy_ = whole;
  look();
  EXPECT_THAT(missing(), ElementsAre("stopped"));
  file(filing());
  look();
  EXPECT_EQ(opened_, 2);
}

TEST_F(Gate, ClosesWhenMoreFlowsComeThanWereFiled) {
  auto few = filing();
  few.stop_when.most_flows_a_second = 100;
  file(few);
  look();
  for (int second = 0; second < 30; ++second) {
    flows_ += 100;
    look();
  }
  EXPECT_EQ(closed_, 0);
  EXPECT_NEAR(gate_->measures("notices").flows_a_second, 100, 1);
  for (int second = 0; second < 10 && closed_ == 0; ++second) {
    flows_ += 200;
    look();
  }
  EXPECT_EQ(closed_, 1);
  EXPECT_THAT(stops(), ElementsAre("most_flows_a_second"));
  // What came before it was filed again does not count against the new one.
  file(few);
  look();
  look();
  EXPECT_TRUE(gate_->state().collecting);
}

TEST_F(Gate, ClosesWhenNobodyAsksAnyMore) {
  auto used = filing();
  used.stop_when.unused_days = 7;
  file(used);
  look();
  look(std::chrono::days(6));
  AuditEntry read;
  read.kind = "read";
  read.who = "ann";
  read.purpose = "notices";
  ASSERT_TRUE(office_->append(read));
  look(std::chrono::days(6));
  EXPECT_EQ(closed_, 0);
  look(std::chrono::days(2));
  EXPECT_EQ(closed_, 1);
  EXPECT_THAT(stops(), ElementsAre("unused_days"));
}

TEST_F(Gate, ClosesWhenTheTextIsAlteredByHand) {
  file(filing());
  look();
  std::ofstream(folder_ / "filing.toml", std::ios::app) << "# and more\n";
  look();
  EXPECT_EQ(closed_, 1);
  EXPECT_THAT(missing(), ElementsAre("changed_by_hand"));
  EXPECT_THAT(stops(), ElementsAre("changed_by_hand"));
}

TEST_F(Gate, LetsTheDemonstrationListenOnLoopbackAlone) {
  ASSERT_TRUE(office_->filing().file(std::string(demo_filing()), {"root", true}));
  look();
  EXPECT_THAT(missing(), ElementsAre("demo_beyond_loopback"));
  make({IpAddress::parse("127.0.0.1").value(), IpAddress::parse("::1").value()});
  look();
  EXPECT_TRUE(gate_->state().collecting);
  EXPECT_TRUE(gate_->state().demo);
  EXPECT_EQ(gate_->state().mode, Filing::Mode::kTrial);
}

TEST_F(Gate, TriesAgainWhereAnAddressIsTaken) {
  taken_ = true;
  file(filing());
  look();
  look();
  EXPECT_EQ(gate_->state().failed, "port 2055 is taken");
  EXPECT_THAT(missing(), IsEmpty());
  EXPECT_EQ(told_, 1);
  taken_ = false;
  look();
  EXPECT_TRUE(gate_->state().collecting);
  EXPECT_EQ(gate_->state().failed, "");
}

TEST_F(Gate, StaysShut) {
  file(filing());
  look();
  gate_->shut();
  gate_->shut();
  look();
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(closed_, 1);
  EXPECT_EQ(gate_->state().stopped, 0u);
}

}  // namespace
}  // namespace noroshi
