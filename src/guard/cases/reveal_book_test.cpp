#include "guard/cases/reveal_book.h"

#include <gmock/gmock.h>

#include "guard/cases/cases_for_test.h"

namespace noroshi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class RevealBookTest : public CasesOfTest {
 protected:
  RevealBookTest() { case_id_ = open_case(); }

  Result<RevealRequest> ask(std::string_view account, std::size_t count = 1,
                            const std::string& purpose = "notices") {
    return reveals_->ask(person(account),
                         {case_id_, purpose, "to tell the line's holder", pseudonyms(count), {}});
  }
  /// R1, asked by Ann and approved by Cleo.
  void approved() {
    ASSERT_TRUE(ask("ann"));
    ASSERT_TRUE(reveals_->approve(person("cleo"), "R1"));
  }
  /// What is refused is on record as refused, and says why.
  template <typename T>
  void expect_refused(const Result<T>& result, std::string_view why) {
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr(std::string(why)));
    ASSERT_EQ(audit_.back().kind, "refused");
    EXPECT_EQ(detail_of(audit_.back(), "why"), result.error().message);
  }

  std::string case_id_;
};

TEST_F(RevealBookTest, ShowsTheAnswerOnceToWhoeverAskedAfterAnotherApproved) {
  approved();
  const auto shown = reveals_->show(person("ann"), "R1");
  ASSERT_TRUE(shown) << shown.error().message;
  ASSERT_THAT(*shown, SizeIs(1));
  EXPECT_EQ(shown->front().pseudonym.to_string(), "~198.51.100.7");
  EXPECT_EQ(shown->front().address.to_string(), "198.51.100.7");
  EXPECT_EQ(audit_.back().kind, "revealed");
  EXPECT_EQ(audit_.back().case_id, "C1");
  expect_refused(reveals_->show(person("ann"), "R1"), "shown once");
  reopen();
  expect_refused(reveals_->show(person("ann"), "R1"), "shown once");
  EXPECT_EQ(chronicle_->revealed_since(now_ - std::chrono::hours(24)), 1U);
}

TEST_F(RevealBookTest, WritesNoAddressInClearAnywhere) {
  approved();
  ASSERT_TRUE(reveals_->show(person("ann"), "R1"));
  for (const auto& entry : audit_) {
    std::string all = entry.what + entry.who + entry.purpose + entry.case_id;
    for (const auto& [name, value] : entry.details) all += "\n" + value;
    for (std::size_t at = 0; (at = all.find("198.51.100.7", at)) != std::string::npos; ++at)
      EXPECT_TRUE(at > 0 && all[at - 1] == '~') << all;
  }
  ASSERT_TRUE(ledger_->transaction([](DatabaseStatements& ledger) -> Status {
    const auto rows = TRY(ledger.query("SELECT pseudonym FROM reveal_pseudonyms"));
    EXPECT_EQ(rows.front().text(0).value(), "~198.51.100.7");
    return {};
  }));
  EXPECT_EQ(detail_of(audit_.back(), "answer_hmac"),
            sha256("keyR1 ~198.51.100.7 198.51.100.7\n").to_hex());
}

TEST_F(RevealBookTest, TakesNoApprovalFromTheAskerByWhateverAccount) {
  ASSERT_TRUE(ask("ann"));
  expect_refused(reveals_->approve(person("ann"), "R1"), "of their own");
  expect_refused(reveals_->approve(person("ann-too"), "R1"), "of their own");
  expect_refused(reveals_->show(person("ann"), "R1"), "0 of 1 approvals");
}

TEST_F(RevealBookTest, CountsAPersonOnce) {
  ASSERT_TRUE(ask("ann", 1, "bulk-reveal"));
  ASSERT_TRUE(reveals_->approve(person("cleo"), "R1"));
  expect_refused(reveals_->approve(person("cleo"), "R1"), "has decided");
  expect_refused(reveals_->show(person("ann"), "R1"), "1 of 2 approvals");
  ASSERT_TRUE(reveals_->approve(person("bob"), "R1"));
  EXPECT_TRUE(reveals_->show(person("ann"), "R1"));
}

TEST_F(RevealBookTest, TakesApprovalsFromTheRightRolesWithAClearanceForReveals) {
  ASSERT_TRUE(ask("ann"));
  expect_refused(reveals_->approve(person("eve"), "R1"), "no role");
  expect_refused(reveals_->approve(person("dan"), "R1"), "no clearance");
  now_ += std::chrono::hours(1);
  ASSERT_TRUE(reveals_->approve(person("bob"), "R1"));
}

TEST_F(RevealBookTest, StopsWithAnExpiredClearance) {
  now_ = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 12 / 1));
  case_id_ = open_case();
  ASSERT_TRUE(ask("ann"));
  expect_refused(reveals_->approve(person("bob"), "R1"), "no clearance");
  now_ =
      Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 12 / 31)) + std::chrono::hours(23);
  case_id_ = open_case();
  ASSERT_TRUE(ask("ann"));
  ASSERT_TRUE(reveals_->approve(person("cleo"), "R2"));
  now_ += std::chrono::hours(1);
  expect_refused(reveals_->show(person("ann"), "R2"), "no clearance");
}

TEST_F(RevealBookTest, IsAskedByTheRightRolesUnderAPurposeThatReveals) {
  expect_refused(ask("cleo"), "no role");
  expect_refused(ask("dan"), "no clearance");
  expect_refused(ask("ann", 1, "statistics"), "reveals nothing");
  expect_refused(ask("ann", 1, "curiosity"), "no purpose");
  EXPECT_THAT(reveals_->list().value(), IsEmpty());
}

TEST_F(RevealBookTest, ShowsNothingToAnotherPerson) {
  approved();
  expect_refused(reveals_->show(person("cleo"), "R1"), "only Ann");
  expect_refused(reveals_->show(person("dan"), "R1"), "only Ann");
  EXPECT_TRUE(reveals_->show(person("ann-too"), "R1"));  // the same person
}

TEST_F(RevealBookTest, EndsWithItsCase) {
  approved();
  ASSERT_TRUE(cases_->close(person("ann"), "C1"));
  expect_refused(reveals_->show(person("ann"), "R1"), "closed");
  expect_refused(reveals_->approve(person("bob"), "R1"), "closed");
  expect_refused(ask("ann"), "closed");
}

TEST_F(RevealBookTest, ExpiresWhetherOrNotItWasApproved) {
  approved();
  ASSERT_TRUE(ask("ann"));
  now_ += std::chrono::hours(72);
  expect_refused(reveals_->show(person("ann"), "R1"), "expired");
  expect_refused(reveals_->approve(person("cleo"), "R2"), "expired");
}

TEST_F(RevealBookTest, EndsWithARejection) {
  ASSERT_TRUE(ask("ann"));
  EXPECT_FALSE(reveals_->reject(person("cleo"), "R1", " "));
  ASSERT_TRUE(reveals_->reject(person("cleo"), "R1", "not needed"));
  EXPECT_EQ(audit_.back().kind, "rejected");
  EXPECT_EQ(audit_.back().what, "not needed");
  expect_refused(reveals_->approve(person("bob"), "R1"), "rejected");
  expect_refused(reveals_->show(person("ann"), "R1"), "rejected");
}

TEST_F(RevealBookTest, StaysWithinTheWindowOfItsCase) {
  const auto at = [&](Timestamp moment) {
    return reveals_->ask(person("ann"), {case_id_, "notices", "why", pseudonyms(1), moment});
  };
  expect_refused(at(now_), "outside the window");
  expect_refused(at(now_ - std::chrono::hours(25)), "outside the window");
  EXPECT_TRUE(at(now_ - std::chrono::hours(24)));
}

TEST_F(RevealBookTest, AsksForManyUnderThePurposeForManyAlone) {
  expect_refused(ask("ann", 6), "need a purpose for bulk");
  for (int times = 0; times < 4; ++times) ASSERT_TRUE(ask("ann", 5));
  expect_refused(ask("ann", 1), "need a purpose for bulk");
  expect_refused(ask("ann-too", 1), "need a purpose for bulk");
  EXPECT_TRUE(ask("ann", 100, "bulk-reveal"));
  now_ += std::chrono::hours(24) + std::chrono::milliseconds(1);
  EXPECT_TRUE(ask("ann", 5));
}

TEST_F(RevealBookTest, RevealsPseudonymsAndNothingElse) {
  const auto asking = [&](std::vector<IpAddress> addresses) {
    return reveals_->ask(person("ann"), {case_id_, "notices", "why", std::move(addresses), {}});
  };
  EXPECT_FALSE(asking({}));
  EXPECT_FALSE(asking({IpAddress::parse("192.0.2.1").value()}));
  const auto twice = asking({pseudonyms(1)[0], pseudonyms(1)[0]});
  ASSERT_TRUE(twice);
  EXPECT_THAT(twice->pseudonyms, SizeIs(1));
  EXPECT_FALSE(reveals_->ask(person("ann"), {case_id_, "notices", "", pseudonyms(1), {}}));
  EXPECT_FALSE(reveals_->ask(person("ann"), {"C9", "notices", "why", pseudonyms(1), {}}));
}

TEST_F(RevealBookTest, ShowsNothingThatIsNotOnRecordFirst) {
  approved();
  audit_fails_ = true;
  EXPECT_EQ(reveals_->show(person("ann"), "R1").error().code, ErrorCode::kIo);
  audit_fails_ = false;
  EXPECT_TRUE(reveals_->show(person("ann"), "R1"));
}

TEST_F(RevealBookTest, ObeysAPolicyThatBecameStricter) {
  approved();
  auto stricter = *policy_;
  for (auto& purpose : stricter.purposes) purpose.approvals = 2;
  policy_ = std::make_shared<const Policy>(stricter);
  expect_refused(reveals_->show(person("ann"), "R1"), "now wants 2");
  std::erase_if(stricter.persons, [](const Person& one) { return one.name == "Cleo"; });
  for (auto& purpose : stricter.purposes) purpose.approvals = 1;
  policy_ = std::make_shared<const Policy>(stricter);
  expect_refused(reveals_->show(person("ann"), "R1"), "no longer in the policy");
}

/// What somebody with the ledger's file and an editor might try.
TEST_F(RevealBookTest, FindsAnApprovalThatSomebodyWroteIntoTheLedger) {
  ASSERT_TRUE(ask("ann"));
  tamper("INSERT INTO reveal_decisions VALUES (1, 'Cleo', 1, 1, '')");
  reopen();
  expect_refused(reveals_->show(person("ann"), "R1"), "not what the audit says");
  EXPECT_THAT(reveals_->disagreements().value(), ElementsAre(HasSubstr("R1")));
}

TEST_F(RevealBookTest, FindsAnAnswerThatSomebodyMadeUnseenAgain) {
  approved();
  ASSERT_TRUE(reveals_->show(person("ann"), "R1"));
  tamper("UPDATE reveals SET shown = NULL");
  reopen();
  expect_refused(reveals_->show(person("ann"), "R1"), "not what the audit says");
}

TEST_F(RevealBookTest, FindsARequestThatSomebodyChangedAfterItsApproval) {
  for (const auto* sql :
       {"UPDATE reveal_pseudonyms SET pseudonym = '~198.51.100.9'",
        "UPDATE reveals SET asked_by = 'Bob'", "UPDATE reveals SET expires = expires + 1",
        "UPDATE reveals SET approvals_needed = 0", "UPDATE reveals SET moment = moment - 1",
        "INSERT INTO reveal_pseudonyms VALUES (1, 1, '~198.51.100.9')"}) {
    approved();
    tamper(sql);
    expect_refused(reveals_->show(person("ann"), "R1"), "not what the audit says");
    tamper("DELETE FROM reveal_decisions");
    tamper("DELETE FROM reveal_pseudonyms");
    tamper("DELETE FROM reveals");
    audit_.clear();
    times_.clear();
    tamper("DELETE FROM cases");
    reopen();
    case_id_ = open_case();
  }
}

TEST_F(RevealBookTest, FindsARequestThatSomebodyPutIntoTheLedgerWhole) {
  approved();
  tamper(
      "INSERT INTO reveals SELECT 2, case_number, purpose, reason, asked_by, asked, expires, "
      "moment, approvals_needed, shown FROM reveals WHERE number = 1");
  tamper("INSERT INTO reveal_pseudonyms SELECT 2, place, pseudonym FROM reveal_pseudonyms");
  tamper(
      "INSERT INTO reveal_decisions SELECT 2, person, decided, approves, reason FROM "
      "reveal_decisions");
  expect_refused(reveals_->show(person("ann"), "R2"), "not what the audit says");
  tamper("DELETE FROM reveal_decisions WHERE reveal = 1");
  tamper("DELETE FROM reveal_pseudonyms WHERE reveal = 1");
  tamper("DELETE FROM reveals WHERE number = 1");
  EXPECT_THAT(reveals_->disagreements().value(),
              ElementsAre(HasSubstr("R2"), HasSubstr("lost the request R1")));
}

}  // namespace
}  // namespace noroshi
