#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "filter/parse.h"
#include "guard/cases/case_book.h"
#include "guard/cases/reveal_book.h"

namespace noroshi {

/// Four people, of whom two are one, and purposes that want one and two approvals.
inline constexpr const char* kPolicyOfCases = R"toml(
utc_offset = "+00:00"
default_role = "guest"
default_clearance = "communications"

[[class]]
name = "statistics"
ja = "s"
en = "s"
fields = ["times", "counts", "ports", "protocols", "exporters", "interfaces", "origins", "end_reason"]
[[class]]
name = "communications"
ja = "c"
en = "c"
fields = ["addresses", "next_hop", "translation"]
[[class]]
name = "subscribers"
ja = "a"
en = "a"
fields = []

[[role]]
name = "guest"
ja = "g"
en = "g"
[[role]]
name = "desk"
ja = "d"
en = "d"
[[role]]
name = "officer"
ja = "o"
en = "o"

[[purpose]]
name = "notices"
ja = "n"
en = "n"
basis = "legitimate-business-act"
basis_ja = "b"
basis_en = "b"
necessity_ja = "n"
necessity_en = "n"
means_ja = "m"
means_en = "m"
roles = ["desk"]
tables = ["flows"]
fields = ["addresses"]
granularity = "addresses"
needs_case = true
approvals = 1
approvers = ["desk", "officer"]

[[purpose]]
name = "bulk-reveal"
ja = "n"
en = "n"
basis = "legitimate-business-act"
basis_ja = "b"
basis_en = "b"
necessity_ja = "n"
necessity_en = "n"
means_ja = "m"
means_en = "m"
roles = ["desk"]
tables = ["flows"]
fields = ["addresses"]
granularity = "addresses"
needs_case = true
approvals = 2
approvers = ["desk", "officer"]
bulk_reveal = true

[[purpose]]
name = "statistics"
ja = "n"
en = "n"
basis = "legitimate-business-act"
basis_ja = "b"
basis_en = "b"
necessity_ja = "n"
necessity_en = "n"
means_ja = "m"
means_en = "m"
roles = ["desk"]
tables = ["flows"]
fields = ["ports"]
granularity = "counts"

[[person]]
name = "Ann"
account = "ann"
roles = ["desk"]
clearances = [{ class = "subscribers", until = 2026-12-31 }]
[[person]]
name = "Ann"
account = "ann-too"
roles = ["desk", "officer"]
clearances = [{ class = "subscribers", until = 2026-12-31 }]
[[person]]
name = "Bob"
account = "bob"
roles = ["officer"]
clearances = [{ class = "subscribers", until = 2026-11-30 }]
[[person]]
name = "Cleo"
account = "cleo"
roles = ["officer"]
clearances = [{ class = "subscribers", until = 2026-12-31 }]
[[person]]
name = "Dan"
account = "dan"
roles = ["desk"]
clearances = [{ class = "communications", until = 2026-12-31 }]
)toml";

/// Cases and requests over a ledger in a folder of their own, and an audit in memory.
class CasesOfTest : public ::testing::Test {
 protected:
  CasesOfTest() {
    std::string name = "/tmp/noroshi-cases-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    auto policy = parse_policy(kPolicyOfCases, "policy.toml");
    EXPECT_TRUE(policy) << policy.error().message;
    policy_ = std::make_shared<const Policy>(std::move(*policy));
    reopen();
  }
  ~CasesOfTest() override {
    reveals_.reset();
    cases_.reset();
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// As after a restart: what is known is the ledger and the audit.
  void reopen() {
    ledger_.reset();
    auto ledger = Database::open({folder_ / "ledger.sqlite"}, ledger_migrations());
    ASSERT_TRUE(ledger) << ledger.error().message;
    ledger_ = std::move(*ledger);
    chronicle_ = std::make_unique<CaseChronicle>();
    for (std::size_t at = 0; at < audit_.size(); ++at) chronicle_->recall(audit_[at], times_[at]);
    const auto append = [this](AuditEntry entry) -> Status {
      if (audit_fails_) return failure(ErrorCode::kIo, "the disk is full");
      chronicle_->recall(entry, now_);
      audit_.push_back(std::move(entry));
      times_.push_back(now_);
      return {};
    };
    const auto policy = [this] { return policy_; };
    const auto now = [this] { return now_; };
    cases_ = std::make_unique<CaseBook>(CaseBook::Dependencies{
        *ledger_, *chronicle_, append, policy, now, [](std::string_view text) -> Result<Condition> {
          if (text.find("host 198.51.100.7") != std::string_view::npos)
            return failure(ErrorCode::kPermission, "198.51.100.7 is a subscriber's address");
          return parse_filter(text, {}, Timestamp());
        }});
    reveals_ = std::make_unique<RevealBook>(
        RevealBook::Config{},
        RevealBook::Dependencies{*ledger_, *cases_, *chronicle_, append, policy, now,
                                 [](const IpAddress& pseudonym, Timestamp) -> Result<IpAddress> {
                                   return pseudonym.unmarked();
                                 },
                                 [](std::string_view text) -> Result<std::string> {
                                   return sha256("key" + std::string(text)).to_hex();
                                 }});
  }

  [[nodiscard]] Person person(std::string_view account) const {
    return policy_->person_of(account);
  }
  /// C1, of the day before.
  std::string open_case() {
    const auto opened =
        cases_->open(person("ann"), {"a bot", now_ - std::chrono::hours(24), now_, "", true});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? opened->id() : "";
  }
  [[nodiscard]] static std::vector<IpAddress> pseudonyms(std::size_t count) {
    std::vector<IpAddress> some;
    for (std::uint32_t at = 0; at < count; ++at)
      some.push_back(IpAddress::from_v4(0xc6336407U + at).marked());
    return some;
  }
  /// Puts SQL into the ledger past every check, as somebody with an editor would.
  void tamper(const std::string& sql) {
    const auto done = ledger_->transaction([&](DatabaseStatements& ledger) -> Status {
      TRY(ledger.execute(sql));
      return {};
    });
    ASSERT_TRUE(done) << done.error().message;
  }

  std::filesystem::path folder_;
  std::shared_ptr<const Policy> policy_;
  Timestamp now_{std::chrono::milliseconds(1'795'305'600'000)};  // 2026-11-22
  bool audit_fails_ = false;
  std::vector<AuditEntry> audit_;
  std::vector<Timestamp> times_;
  std::unique_ptr<Database> ledger_;
  std::unique_ptr<CaseChronicle> chronicle_;
  std::unique_ptr<CaseBook> cases_;
  std::unique_ptr<RevealBook> reveals_;
};

}  // namespace noroshi
