#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "filter/parse.h"
#include "guard/audit/audit.h"
#include "guard/filing/keeper.h"
#include "guard/office.h"
#include "guard/policy/policy.h"
#include "guard/pseudonym/reveal_keys.h"
#include "guard/retention/holds.h"

namespace noroshi {

/// The guard's office of a configuration with the audit it writes to: the one place where either is
/// opened. One process has them open at a time: kUnavailable where another has.
///
/// Thread-safe.
class KeptOffice {
 public:
  /// Makes the folder where it is not there. One clear line for a policy, an audit or a ledger that
  /// cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<KeptOffice>> open(const Config& config);
  /// Takes another policy, other ranges, words and keys over; on an error the old ones stay.
  Status reload(const Config& config);
  /// Other words of filters: those of warning lists change by themselves.
  void set_vocabulary(FilterVocabulary vocabulary);

  [[nodiscard]] Audit& audit() { return *audit_; }
  [[nodiscard]] GuardOffice& office() { return *office_; }
  /// As it is now; never null.
  [[nodiscard]] std::shared_ptr<const Policy> policy() const;
  /// Who that is, as a filing sees it.
  [[nodiscard]] FilingKeeper::Filer filer(const std::string& account) const;
  /// What open cases keep from deletion, for whoever deletes; this must outlive it.
  [[nodiscard]] HoldSource holds();

 private:
  explicit KeptOffice(const Config& config);
  [[nodiscard]] GuardOffice::Config office_config() const;

  const std::string folder_;
  RevealKeys keys_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;
  std::vector<Prefix> subscribers_;
  FilterVocabulary vocabulary_;
  std::unique_ptr<Audit> audit_;
  std::unique_ptr<GuardOffice> office_;
};

/// Where a configuration keeps filing, cases and audit.
[[nodiscard]] std::string guard_folder_of(const Config& config);

}  // namespace noroshi
