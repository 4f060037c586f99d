#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "filter/condition.h"
#include "guard/audit/entry.h"
#include "guard/cases/case.h"
#include "guard/clear_rows_question.h"
#include "guard/contacts_question.h"
#include "guard/person.h"
#include "guard/policy/policy.h"
#include "net/prefix.h"
#include "question/question.h"
#include "question/trend.h"

namespace noroshi {

template <typename Question>
class Granted;
struct GrantTerms;
struct Demand;
class SubscriberFilter;

/// What becomes of the rows a person asks for.
enum class RowsUse : std::uint8_t {
  kShow,    ///< a person or a part of Noroshi reads them
  kExport,  ///< they leave as a file
};

/// Decides who reads what about subscribers' traffic. Every read of stored data needs a Granted
/// question, and only a Guard makes one: it checks the policy, narrows the question to what the
/// purpose allows, and writes both into the audit before it returns.
///
/// A refusal is kPermission (kInvalidArgument where the question itself cannot be), says what would
/// help, and is in the audit too. What cannot be audited is not permitted. Safe to use from several
/// threads.
class Guard {
 public:
  struct Config {
    Policy policy;
    /// Addresses of these ranges are stored as pseudonyms.
    std::vector<Prefix> subscribers;
  };
  struct Dependencies {
    /// Adds to the audit and returns when the entry is on disk.
    std::function<Result<std::uint64_t>(AuditEntry)> record;
    std::function<Timestamp()> now;
    CaseRegister* cases = nullptr;  ///< null: there are none
  };

  /// Records which policy is in force.
  [[nodiscard]] static Result<std::unique_ptr<Guard>> open(Config config,
                                                           Dependencies dependencies);
  /// Takes another policy and other ranges, for reads that are permitted from then on. On an error
  /// the old ones stay.
  [[nodiscard]] Status replace(Config config);

  [[nodiscard]] Person person_of(std::string_view account) const;
  /// The policy in force at this moment.
  [[nodiscard]] std::shared_ptr<const Policy> policy() const;

  [[nodiscard]] Result<Granted<GroupQuestion>> permit(const Access& access, GroupQuestion question);
  [[nodiscard]] Result<Granted<SeriesQuestion>> permit(const Access& access,
                                                       SeriesQuestion question);
  /// Widened to whole steps first, as it is answered; narrowed to whole steps again.
  [[nodiscard]] Result<Granted<TrendSeriesQuestion>> permit(const Access& access,
                                                            TrendSeriesQuestion question);
  [[nodiscard]] Result<Granted<RowsQuestion>> permit(const Access& access, RowsQuestion question,
                                                     RowsUse use);
  [[nodiscard]] Result<Granted<ContactsQuestion>> permit(const Access& access,
                                                         ContactsQuestion question);

  /// The guard's own question, under no purpose of the policy: which rows hold addresses of the
  /// subscriber ranges in clear. How many is all that a person is told of them; on record as any
  /// other.
  [[nodiscard]] Result<Granted<ClearRowsQuestion>> permit_search();

  /// Records what a permitted read brought: how many rows, and the hash of them (Digest::to_hex()).
  /// Whoever answers calls it once, before the answer is taken for whole.
  [[nodiscard]] Status answered(const GrantTerms& terms, std::optional<std::uint64_t> rows,
                                const std::string& result);
  /// The same where the read ended with an error.
  [[nodiscard]] Status failed(const GrantTerms& terms, const Error& error);

 private:
  Guard(Config config, Dependencies dependencies);
  [[nodiscard]] std::shared_ptr<const Config> config() const;
  [[nodiscard]] Status record_policy(const Policy& policy);
  /// What a case allows, with pseudonyms as they are stored.
  [[nodiscard]] Result<CaseBounds> bounds_of(const std::string& case_id,
                                             const SubscriberFilter& subscribers);
  /// The terms of a read, its demand checked and its filter and window narrowed in place.
  [[nodiscard]] Result<GrantTerms> decide(const Access& access, const Demand& demand,
                                          Condition& filter, TimeWindow& window);
  template <typename Question>
  [[nodiscard]] Result<Granted<Question>> grant(const Access& access, const Demand& demand,
                                                Question question);

  const Dependencies dependencies_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Config> config_;
};

}  // namespace noroshi
