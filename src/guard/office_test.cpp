#include "guard/office.h"

#include <gmock/gmock.h>

#include <fstream>

#include "guard/office_for_test.h"

namespace noroshi {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Office = OfficeOfTest;

TEST_F(Office, KnowsFilingCasesAndRevealsAgainAfterARestart) {
  ASSERT_TRUE(office_->filing().file(std::string(demo_filing()), {"root", true}));
  const auto opened = office_->cases().open(
      person("cleo"), {"a bot", now_ - std::chrono::hours(1), now_, "dst port 23", true});
  ASSERT_TRUE(opened) << opened.error().message;
  AuditEntry read;
  read.kind = "read";
  read.who = "ann";
  read.purpose = "notices";
  ASSERT_TRUE(office_->append(read));
  ASSERT_TRUE(reopen());
  EXPECT_TRUE(office_->filing().in_force());
  EXPECT_TRUE(office_->cases().bounds("C1"));
  EXPECT_THAT(office_->cases().holds().value(), SizeIs(1));
  EXPECT_THAT(office_->reveals().disagreements().value(), IsEmpty());
  EXPECT_TRUE(office_->chronicle().last_read("notices"));
  EXPECT_FALSE(office_->chronicle().last_read("statistics"));
}

TEST_F(Office, PutsNoSubscriberIntoTheLedger) {
  const auto opened = office_->cases().open(
      person("cleo"), {"198.51.100.9 is odd", now_ - std::chrono::hours(1), now_, "", false});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kPermission);
  EXPECT_THAT(office_->cases().list().value(), IsEmpty());
}

TEST_F(Office, DoesNotOpenOverAnAuditItCannotRead) {
  ASSERT_TRUE(office_->filing().file(std::string(demo_filing()), {"root", true}));
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "audit"))
    if (file.path().extension() == ".jsonl") std::ofstream(file.path(), std::ios::app) << "x\n";
  EXPECT_FALSE(reopen());
}

}  // namespace
}  // namespace noroshi
