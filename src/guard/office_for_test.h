#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/check.h"
#include "guard/cases/cases_for_test.h"
#include "guard/office.h"

namespace noroshi {

/// An office with the people of kPolicyOfCases, on disk, at a moment of its own. A pseudonym's
/// address is its other form.
class OfficeOfTest : public ::testing::Test {
 protected:
  OfficeOfTest() {
    std::string name = "/tmp/noroshi-office-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    const auto opened = reopen();
    CHECK(opened.has_value());
  }
  ~OfficeOfTest() override {
    office_.reset();
    audit_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// As a restart does.
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
         [](std::string_view) -> Result<std::string> { return std::string("k:hash"); }}));
    return {};
  }
  [[nodiscard]] Person person(std::string_view account) const {
    return policy_->person_of(account);
  }

  /// To which nothing is missing for a hundred days: Cleo, cleared until the end of 2026.
  [[nodiscard]] Filing filing() const {
    Filing filing;
    filing.purpose = "notices";
    filing.purpose_in_words = "find the servers that command bots";
    filing.necessity = "nothing less finds them";
    filing.means = "sampled flows, subscribers under pseudonyms";
    filing.checking = "tiers A and B each morning";
    filing.stop_criteria = {"a read outside the purpose"};
    filing.responsible = "cleo";
    filing.mode = Filing::Mode::kOperation;
    filing.from = now_ - std::chrono::days(1);
    filing.until = now_ + std::chrono::days(100);
    return filing;
  }
  void file(const Filing& filing) {
    const auto filed = office_->filing().file(print_filing(filing), {"root", true});
    ASSERT_TRUE(filed) << filed.error().message;
  }

  Timestamp now_{std::chrono::milliseconds(1'795'305'600'000)};  // 2026-11-22
  std::filesystem::path folder_;
  std::shared_ptr<const Policy> policy_ =
      std::make_shared<const Policy>(parse_policy(kPolicyOfCases, "policy.toml").value());
  std::unique_ptr<Audit> audit_;
  std::unique_ptr<GuardOffice> office_;
};

}  // namespace noroshi
