#include "guard/cases/case_book.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "filter/print.h"
#include "guard/cases/cases_for_test.h"

namespace noroshi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using CaseBookTest = CasesOfTest;

TEST(CaseIds, AreReadAsTheyAreWritten) {
  EXPECT_EQ(parse_id('C', "C12").value(), 12U);
  EXPECT_EQ(id_of('R', 3), "R3");
  for (const auto* text : {"", "C", "12", "c12", "C0", "C-1", "C1x", "R1", "C99999999999999999999"})
    EXPECT_FALSE(parse_id('C', text)) << text;
}

TEST_F(CaseBookTest, BoundsReadsByWindowAndFilter) {
  const auto opened = cases_->open(
      person("ann"), {"a bot", now_ - std::chrono::hours(2), now_, "dst port 23", false});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->id(), "C1");
  reopen();
  const auto bounds = cases_->bounds("C1");
  ASSERT_TRUE(bounds) << bounds.error().message;
  EXPECT_EQ(bounds->from, now_ - std::chrono::hours(2));
  EXPECT_EQ(bounds->to, now_);
  EXPECT_EQ(to_string(bounds->filter), to_string(parse_filter("dst port 23", {}, now_).value()));
  EXPECT_EQ(cases_->bounds("C2").error().code, ErrorCode::kNotFound);
}

TEST_F(CaseBookTest, AllowsNothingOnceClosed) {
  open_case();
  ASSERT_TRUE(cases_->close(person("cleo"), "C1"));
  reopen();
  EXPECT_EQ(cases_->bounds("C1").error().code, ErrorCode::kPermission);
  EXPECT_FALSE(cases_->close(person("ann"), "C1"));
  EXPECT_EQ(cases_->find("C1")->closed_by, "Cleo");
  EXPECT_EQ(audit_.back().kind, "refused");
}

TEST_F(CaseBookTest, HoldsDataUntilItIsClosed) {
  open_case();
  ASSERT_TRUE(
      cases_->open(person("ann"), {"other", now_ - std::chrono::hours(1), now_, "", false}));
  const auto holds = cases_->holds();
  ASSERT_TRUE(holds);
  ASSERT_THAT(*holds, SizeIs(1));
  EXPECT_EQ(holds->front().case_id, "C1");
  ASSERT_TRUE(cases_->close(person("ann"), "C1"));
  EXPECT_THAT(cases_->holds().value(), IsEmpty());
}

TEST_F(CaseBookTest, IsForPeopleWithARoleAndAClearance) {
  auto nobody = person("eve");
  nobody.roles.clear();
  EXPECT_EQ(cases_->open(nobody, {"x", now_ - std::chrono::hours(1), now_, "", false}).error().code,
            ErrorCode::kPermission);
  EXPECT_EQ(audit_.back().kind, "refused");
  now_ += std::chrono::days(365);
  EXPECT_FALSE(cases_->open(person("ann"), {"x", now_ - std::chrono::hours(1), now_, "", false}));
}

TEST_F(CaseBookTest, RefusesWhatCannotBeACase) {
  const auto hour = std::chrono::hours(1);
  EXPECT_FALSE(cases_->open(person("ann"), {" ", now_ - hour, now_, "", false}));
  EXPECT_FALSE(cases_->open(person("ann"), {"x", now_, now_, "", false}));
  EXPECT_FALSE(cases_->open(person("ann"), {"x", now_ - hour, now_, "prot udp", false}));
  const auto clear =
      cases_->open(person("ann"), {"x", now_ - hour, now_, "host 198.51.100.7", false});
  EXPECT_EQ(clear.error().code, ErrorCode::kPermission);
  EXPECT_THAT(cases_->list().value(), IsEmpty());
}

TEST_F(CaseBookTest, KeepsNothingThatIsNotOnRecord) {
  audit_fails_ = true;
  EXPECT_FALSE(cases_->open(person("ann"), {"x", now_ - std::chrono::hours(1), now_, "", false}));
  EXPECT_THAT(cases_->list().value(), IsEmpty());
}

TEST_F(CaseBookTest, FindsACaseThatSomebodyWidenedInTheLedger) {
  open_case();
  for (const auto* sql : {"UPDATE cases SET window_from = 0", "UPDATE cases SET hold = 0",
                          "UPDATE cases SET filter = 'port 23'"}) {
    tamper(sql);
    EXPECT_THAT(cases_->bounds("C1").error().message, HasSubstr("not what the audit says")) << sql;
    EXPECT_FALSE(cases_->holds()) << sql;
    EXPECT_THAT(cases_->disagreements().value(), SizeIs(1)) << sql;
  }
}

TEST_F(CaseBookTest, FindsACaseThatSomebodyReopenedAddedOrRemoved) {
  open_case();
  ASSERT_TRUE(cases_->close(person("ann"), "C1"));
  tamper("UPDATE cases SET closed = NULL, closed_by = NULL");
  EXPECT_EQ(cases_->bounds("C1").error().code, ErrorCode::kPermission);
  tamper(
      "INSERT INTO cases (number, title, opened_by, opened, window_from, window_to, filter, hold) "
      "VALUES (2, 'x', 'Ann', 1, 0, 9999999999999, '', 0)");
  EXPECT_EQ(cases_->bounds("C2").error().code, ErrorCode::kPermission);
  tamper("DELETE FROM cases WHERE number = 1");
  EXPECT_THAT(cases_->disagreements().value(),
              ElementsAre(HasSubstr("C2"), HasSubstr("lost the case C1")));
}

TEST_F(CaseBookTest, NeverGivesANumberTwice) {
  open_case();
  tamper("DELETE FROM cases");
  EXPECT_EQ(open_case(), "C2");
}

TEST(Ledger, OfEveryEarlierFormIsBroughtToTheNewest) {
  const auto fixtures =
      std::filesystem::path(getenv("NOROSHI_SOURCE")) / "src/guard/cases/fixtures";
  std::size_t forms = 0;
  for (const auto& fixture : std::filesystem::directory_iterator(fixtures)) {
    std::string name = "/tmp/noroshi-ledger-XXXXXX";
    const std::filesystem::path folder = ::mkdtemp(name.data());
    std::ifstream file(fixture.path());
    const std::string sql{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    {
      const auto old = Database::open({folder / "ledger.sqlite"}, {});
      ASSERT_TRUE(old) << old.error().message;
      const auto made = (*old)->transaction([&](DatabaseStatements& ledger) -> Status {
        for (const auto statement : statements_of(sql)) TRY(ledger.execute(statement));
        return {};
      });
      ASSERT_TRUE(made) << fixture.path() << made.error().message;
    }
    const auto ledger = Database::open({folder / "ledger.sqlite"}, ledger_migrations());
    ASSERT_TRUE(ledger) << fixture.path() << ledger.error().message;
    const CaseChronicle chronicle;
    CaseBook cases({**ledger, chronicle, [](AuditEntry) { return Status(); },
                    [] { return nullptr; }, [] { return Timestamp(); },
                    [](std::string_view) -> Result<Condition> { return Condition{Everything{}}; }});
    const auto found = cases.find("C7");
    ASSERT_TRUE(found) << fixture.path() << found.error().message;
    EXPECT_EQ(found->title, "フィッシング調査");
    EXPECT_TRUE(found->hold);
    EXPECT_EQ(found->filter, "dst port 23");
    ++forms;
    std::filesystem::remove_all(folder);
  }
  EXPECT_GE(forms, 2U);
}

}  // namespace
}  // namespace noroshi
