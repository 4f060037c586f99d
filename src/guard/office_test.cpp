#include "guard/office.h"

#include <gmock/gmock.h>
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
  }
  ~Office() override {
    office_.reset();
    audit_.reset();
    std::filesystem::remove_all(folder_);
  }

  Status reopen() {
    office_.reset();
    audit_.reset();
    Audit::Config config;
    config.folder = folder_ / "audit";
    config.node = "test";
    config.subscribers = {Prefix::parse("198.51.100.0/24").value()};
    audit_ = TRY(Audit::open(std::move(config)));
    office_ = TRY(GuardOffice::open(
        {folder_, {}, {}},
        {*audit_, [this] { return policy_; }, [this] { return now_; },
         [](const IpAddress& pseudonym, Timestamp) -> Result<IpAddress> {
           return pseudonym.unmarked();
         },
         [](std::string_view) -> Result<std::string> { return std::string("hash"); }}));
    return {};
  }
  [[nodiscard]] Person person(std::string_view account) const {
    return office_->policy()->person_of(account);
  }

  Timestamp now_{std::chrono::milliseconds(1'795'305'600'000)};  // 2026-11-22
  std::filesystem::path folder_;
  std::shared_ptr<const Policy> policy_ =
      std::make_shared<const Policy>(parse_policy(kPolicyOfCases, "policy.toml").value());
  std::unique_ptr<Audit> audit_;
  std::unique_ptr<GuardOffice> office_;
};

TEST_F(Office, KnowsFilingCasesAndRevealsAgainAfterARestart) {
  ASSERT_TRUE(reopen());
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
  ASSERT_TRUE(reopen());
  const auto opened = office_->cases().open(
      person("cleo"), {"198.51.100.9 is odd", now_ - std::chrono::hours(1), now_, "", false});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kPermission);
  EXPECT_THAT(office_->cases().list().value(), IsEmpty());
}

TEST_F(Office, DoesNotOpenOverAnAuditItCannotRead) {
  ASSERT_TRUE(reopen());
  ASSERT_TRUE(office_->filing().file(std::string(demo_filing()), {"root", true}));
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "audit"))
    if (file.path().extension() == ".jsonl") std::ofstream(file.path(), std::ios::app) << "x\n";
  EXPECT_FALSE(reopen());
}

}  // namespace
}  // namespace noroshi
