#pragma once

#include <fmt/format.h>

#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guard/grant.h"
#include "guard/guard.h"

namespace noroshi::for_test {

/// A real Guard over an audit in memory. Without a policy of its own it has one that allows the
/// system everything, for tests of what comes after a permission.
class GuardForTest {
 public:
  explicit GuardForTest(Policy policy = permissive(), std::vector<Prefix> subscribers = {},
                        std::optional<CaseBounds> of_case = {}) {
    if (of_case) cases_.only = *of_case;
    auto opened = Guard::open({std::move(policy), std::move(subscribers)},
                              {.record = [this](AuditEntry entry) { return record(entry); },
                               .now = [this] { return now_; },
                               .cases = of_case ? &cases_ : nullptr});
    if (!opened) throw std::runtime_error(opened.error().message);
    guard_ = std::move(*opened);
  }

  [[nodiscard]] Guard& guard() { return *guard_; }
  [[nodiscard]] static Access access() { return {Person::system("test"), "everything", ""}; }

  /// The question, permitted to the system.
  [[nodiscard]] Granted<GroupQuestion> grant(GroupQuestion question) {
    return taken(guard_->permit(access(), std::move(question)));
  }
  [[nodiscard]] Granted<SeriesQuestion> grant(SeriesQuestion question) {
    return taken(guard_->permit(access(), std::move(question)));
  }
  [[nodiscard]] Granted<TrendSeriesQuestion> grant(TrendSeriesQuestion question) {
    return taken(guard_->permit(access(), std::move(question)));
  }
  [[nodiscard]] Granted<RowsQuestion> grant(RowsQuestion question) {
    return taken(guard_->permit(access(), std::move(question), RowsUse::kExport));
  }
  [[nodiscard]] Granted<ContactsQuestion> grant(ContactsQuestion question) {
    return taken(guard_->permit(access(), question));
  }

  [[nodiscard]] std::vector<AuditEntry> audit() const {
    const std::lock_guard lock(mutex_);
    return audit_;
  }
  void set_now(Timestamp now) { now_ = now; }
  void break_audit() { broken_ = true; }

  [[nodiscard]] static Policy permissive() {
    Purpose purpose;
    purpose.name = "everything";
    purpose.roles = {std::string(Person::kSystemRole)};
    purpose.tables = {GuardedTable::kFlows, GuardedTable::kContacts, GuardedTable::kRollups};
    purpose.fields = every_field();
    purpose.granularity = Granularity::kPseudonyms;
    purpose.exports = true;
    Policy policy;
    policy.source = "test";
    policy.classes = {{"all", {}, every_field()}};
    policy.purposes = {std::move(purpose)};
    return policy;
  }

 private:
  /// One open case, "C1".
  struct OneCase final : CaseRegister {
    Result<CaseBounds> bounds(std::string_view case_id) override {
      if (case_id == "C1") return only;
      return failure(ErrorCode::kNotFound, fmt::format("case {}: there is none", case_id));
    }
    CaseBounds only;
  };

  template <typename T>
  static T taken(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
  }
  Result<std::uint64_t> record(const AuditEntry& entry) {
    const std::lock_guard lock(mutex_);
    if (broken_) return failure(ErrorCode::kIo, "the disk is full");
    audit_.push_back(entry);
    return audit_.size();
  }

  mutable std::mutex mutex_;
  std::vector<AuditEntry> audit_;
  bool broken_ = false;
  Timestamp now_ = from_unix_milliseconds(1'795'305'600'000);  // 2026-11-22T00:00Z
  OneCase cases_;
  std::unique_ptr<Guard> guard_;
};

}  // namespace noroshi::for_test
