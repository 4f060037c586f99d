#include "guard/office.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "guard/cases/cases_for_test.h"

namespace noroshi {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Office : public ::testing::Test {
 protected:
  Office() {
    std::string name = "/tmp/noroshi-office-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    std::ofstream(folder_ / "policy.toml") << kPolicyOfCases;
  }
  ~Office() override {
    office_.reset();
    std::filesystem::remove_all(folder_);
  }

  Result<std::unique_ptr<GuardOffice>> open() const {
    return GuardOffice::open(
        {folder_ / "guard",
         folder_ / "policy.toml",
         "test",
         {Prefix::parse("198.51.100.0/24").value()},
         {}},
        {[this] { return now_; },
         [](const IpAddress& pseudonym, Timestamp) -> Result<IpAddress> {
           return pseudonym.unmarked();
         },
         [](std::string_view) -> Result<std::string> { return std::string("hash"); }});
  }
  void reopen() {
    office_.reset();
    auto office = open();
    ASSERT_TRUE(office) << office.error().message;
    office_ = std::move(*office);
  }
  [[nodiscard]] Person person(std::string_view account) const {
    return office_->policy()->person_of(account);
  }

  Timestamp now_{std::chrono::milliseconds(1'795'305'600'000)};  // 2026-11-22
  std::filesystem::path folder_;
  std::unique_ptr<GuardOffice> office_;
};

TEST_F(Office, IsForItsOwnerAndOneProcess) {
  reopen();
  struct stat found {};
  ASSERT_EQ(::stat((folder_ / "guard").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0700U);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

TEST_F(Office, KnowsFilingCasesAndRevealsAgainAfterARestart) {
  reopen();
  ASSERT_TRUE(office_->filing().file(std::string(demo_filing()), {"root", true}));
  const auto opened = office_->cases().open(
      person("cleo"), {"a bot", now_ - std::chrono::hours(1), now_, "dst port 23", true});
  ASSERT_TRUE(opened) << opened.error().message;
  AuditEntry read;
  read.kind = "read";
  read.who = "ann";
  read.purpose = "notices";
  ASSERT_TRUE(office_->append(read));
  reopen();
  EXPECT_TRUE(office_->filing().in_force());
  EXPECT_TRUE(office_->cases().bounds("C1"));
  EXPECT_THAT(office_->cases().holds().value(), SizeIs(1));
  EXPECT_THAT(office_->reveals().disagreements().value(), IsEmpty());
  EXPECT_TRUE(office_->chronicle().last_read("notices"));
  EXPECT_FALSE(office_->chronicle().last_read("statistics"));
}

TEST_F(Office, PutsNoSubscriberIntoTheLedger) {
  reopen();
  const auto opened = office_->cases().open(
      person("cleo"), {"198.51.100.9 is odd", now_ - std::chrono::hours(1), now_, "", false});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kPermission);
  EXPECT_THAT(office_->cases().list().value(), IsEmpty());
}

TEST_F(Office, KeepsThePolicyItHasWhenANewOneIsWrong) {
  reopen();
  std::ofstream(folder_ / "wrong.toml") << "nonsense = 1\n";
  GuardOffice::Config config;
  config.policy = folder_ / "wrong.toml";
  EXPECT_FALSE(office_->replace(config));
  EXPECT_NE(office_->policy()->find_purpose("notices"), nullptr);
}

TEST_F(Office, DoesNotOpenOverAnAuditItCannotRead) {
  reopen();
  ASSERT_TRUE(office_->filing().file(std::string(demo_filing()), {"root", true}));
  office_.reset();
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "guard" / "audit"))
    if (file.path().extension() == ".jsonl") std::ofstream(file.path(), std::ios::app) << "x\n";
  EXPECT_FALSE(open());
}

}  // namespace
}  // namespace noroshi
