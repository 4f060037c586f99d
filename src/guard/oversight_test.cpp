#include "guard/oversight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace noroshi {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class OversightTest : public testing::Test {
 protected:
  OversightTest() {
    const auto add = [&](const char* account, std::vector<std::string> roles) {
      policy_.persons.push_back({account, account, std::move(roles), {}});
    };
    policy_.default_role.clear();
    add("officer", {"privacy-officer"});
    add("operator", {"operator", "analyst"});
    add("researcher", {"researcher"});
  }
  [[nodiscard]] Status ask(const char* account, OversightAct act) {
    return check_oversight(policy_, {account, "noroshi"}, act, [this](AuditEntry entry) -> Status {
      if (disk_is_full_) return failure(ErrorCode::kIo, "the disk is full");
      written_.push_back(std::move(entry));
      return {};
    });
  }

  Policy policy_ = built_in_policy();
  std::vector<AuditEntry> written_;
  bool disk_is_full_ = false;
};

TEST_F(OversightTest, IsForTheRolesThatThePolicyNames) {
  for (std::size_t at = 0; at < kOversightActs; ++at) {
    const auto act = static_cast<OversightAct>(at);
    EXPECT_TRUE(ask("officer", act)) << name_of(act);
    EXPECT_FALSE(ask("researcher", act)) << name_of(act);
    EXPECT_FALSE(ask("nobody", act)) << name_of(act);
    EXPECT_FALSE(ask("", act)) << name_of(act);
  }
  EXPECT_TRUE(ask("operator", OversightAct::kVerifyAudit));
  EXPECT_TRUE(ask("operator", OversightAct::kSeeRetention));
  EXPECT_FALSE(ask("operator", OversightAct::kReadAudit));
  EXPECT_FALSE(ask("operator", OversightAct::kExportAudit));
}

TEST_F(OversightTest, IsForTheOwnerAndRootWhateverThePolicySays) {
  policy_ = Policy();
  for (const auto* account : {"noroshi", "root"})
    EXPECT_TRUE(ask(account, OversightAct::kReadAudit)) << account;
  EXPECT_FALSE(ask("officer", OversightAct::kReadAudit));
  EXPECT_THAT(ask("officer", OversightAct::kReadAudit).error().message,
              HasSubstr("is for the owner of the state alone"));
}

TEST_F(OversightTest, WritesDownWhomItRefusesAndSaysWhoMay) {
  const auto refused = ask("operator", OversightAct::kReadAudit);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
  EXPECT_EQ(refused.error().message,
            "operator: reading the audit is for privacy-officer; the policy says so in "
            "[oversight]");
  ASSERT_EQ(written_.size(), 1u);
  EXPECT_EQ(written_[0].kind, "refused");
  EXPECT_EQ(written_[0].who, "operator");
  EXPECT_EQ(written_[0].what, "reading the audit");
  disk_is_full_ = true;
  EXPECT_THAT(ask("operator", OversightAct::kReadAudit).error().message, HasSubstr("full"));
}

TEST_F(OversightTest, OfThoseWhoMayNothingIsWrittenHere) {
  EXPECT_TRUE(ask("officer", OversightAct::kMakeReport));
  EXPECT_THAT(written_, IsEmpty());
}

}  // namespace
}  // namespace noroshi
