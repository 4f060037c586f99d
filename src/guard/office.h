#pragma once

#include <cstdint>
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

/// What an installation files, investigates and reveals, with all of it that is on disk, open: the
/// filing, cases and requests, over the audit of whoever opened that.
///
/// Thread-safe.
class GuardOffice {
 public:
  struct Config {
    std::filesystem::path folder;     ///< of the guard; it is there
    std::vector<Prefix> subscribers;  ///< whose addresses are stored as pseudonyms
    FilterVocabulary vocabulary;      ///< of the filters of cases
  };
  struct Dependencies {
    Audit& audit;  ///< of the same folder
    PolicySource policy;
    std::function<Timestamp()> now;
    // As RevealBook::Dependencies has them: what needs the keys of the site.
    std::function<Result<IpAddress>(const IpAddress&, Timestamp)> address_of;
    std::function<Result<std::string>(std::string_view)> keyed_hash;
  };

  /// Reads the audit once; one clear line for an audit or a ledger that cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<GuardOffice>> open(Config config,
                                                                 Dependencies dependencies);
  ~GuardOffice();

  /// Takes over other ranges and words; the folder stays.
  void replace(const Config& config);

  /// Writes to the audit, and lets everybody here know; returns the entry's sequence when it is on
  /// disk. Whoever else writes of reads, cases or reveals goes this way.
  Result<std::uint64_t> append(AuditEntry entry);

  [[nodiscard]] FilingKeeper& filing() { return filing_; }
  [[nodiscard]] CaseBook& cases() { return cases_; }
  [[nodiscard]] RevealBook& reveals() { return reveals_; }
  [[nodiscard]] const CaseChronicle& chronicle() const { return chronicle_; }
  [[nodiscard]] std::shared_ptr<const Policy> policy() const { return dependencies_.policy(); }

 private:
  GuardOffice(Config config, Dependencies dependencies, std::unique_ptr<Database> ledger);
  [[nodiscard]] std::function<Status(AuditEntry)> appender();
  [[nodiscard]] FilingKeeper::Dependencies filing_dependencies();
  [[nodiscard]] CaseBook::Dependencies case_dependencies();
  [[nodiscard]] RevealBook::Dependencies reveal_dependencies();
  [[nodiscard]] Result<Condition> read_filter(std::string_view text) const;

  mutable std::mutex mutex_;
  Config config_;
  const Dependencies dependencies_;
  std::unique_ptr<Database> ledger_;
  CaseChronicle chronicle_;
  FilingKeeper filing_;
  CaseBook cases_;
  RevealBook reveals_;
};

}  // namespace noroshi
