#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "database/database.h"
#include "filter/parse.h"
#include "guard/audit/audit.h"
#include "guard/cases/case_book.h"
#include "guard/cases/chronicle.h"
#include "guard/cases/reveal_book.h"
#include "guard/filing/keeper.h"
#include "guard/policy/policy.h"
#include "net/ip_address.h"
#include "net/prefix.h"

namespace noroshi {

/// The guard of one installation with all it keeps on disk, open: the audit, the policy in force,
/// the filing, cases and reveals. One process has a folder open at a time: the daemon while it
/// runs.
///
/// Thread-safe.
class GuardOffice {
 public:
  struct Config {
    std::filesystem::path folder;  ///< made with mode 0700 when it is not there
    std::string policy;            ///< as Config::Guard::policy
    std::string node;              ///< of the audit
    std::vector<Prefix> subscribers;
    FilterVocabulary vocabulary;  ///< of the filters of cases
  };
  struct Dependencies {
    std::function<Timestamp()> now;
    // As RevealBook::Dependencies has them: what needs the keys of the site.
    std::function<Result<IpAddress>(const IpAddress&, Timestamp)> address_of;
    std::function<Result<std::string>(std::string_view)> keyed_hash;
  };

  /// kUnavailable where another process has the folder open; one clear line for a policy, audit or
  /// ledger that cannot be.
  [[nodiscard]] static Result<std::unique_ptr<GuardOffice>> open(Config config,
                                                                 Dependencies dependencies);
  ~GuardOffice();

  /// Takes over another policy, ranges and words; the folder stays. On an error all stays.
  Status replace(const Config& config);

  /// Writes to the audit, and lets everybody here know. Returns when it is on disk.
  Status append(AuditEntry entry);

  [[nodiscard]] Audit& audit() { return *audit_; }
  [[nodiscard]] FilingKeeper& filing() { return filing_; }
  [[nodiscard]] CaseBook& cases() { return cases_; }
  [[nodiscard]] RevealBook& reveals() { return reveals_; }
  [[nodiscard]] const CaseChronicle& chronicle() const { return chronicle_; }
  /// The policy in force at this moment.
  [[nodiscard]] std::shared_ptr<const Policy> policy() const;

 private:
  GuardOffice(Config config, Dependencies dependencies, Policy policy, std::unique_ptr<Audit> audit,
              std::unique_ptr<Database> ledger);
  [[nodiscard]] FilingKeeper::Dependencies filing_dependencies();
  [[nodiscard]] CaseBook::Dependencies case_dependencies();
  [[nodiscard]] RevealBook::Dependencies reveal_dependencies();
  [[nodiscard]] Result<Condition> read_filter(std::string_view text) const;

  mutable std::mutex mutex_;
  Config config_;
  Dependencies dependencies_;
  std::shared_ptr<const Policy> policy_;
  std::unique_ptr<Audit> audit_;
  std::unique_ptr<Database> ledger_;
  CaseChronicle chronicle_;
  FilingKeeper filing_;
  CaseBook cases_;
  RevealBook reveals_;
};

}  // namespace noroshi
