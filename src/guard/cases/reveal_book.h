#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "database/database.h"
#include "guard/audit/entry.h"
#include "guard/cases/case_book.h"
#include "guard/cases/chronicle.h"
#include "guard/cases/reveal.h"
#include "guard/person.h"
#include "net/ip_address.h"

namespace noroshi {

/// The requests to reveal pseudonyms: asked for a case and under a purpose, approved by as many
/// other people as the purpose wants, shown once to whoever asked.
///
/// People are told apart by name, not by account: somebody with two accounts is one. Every act and
/// every refusal is in the audit before anything comes of it; the ledger is held against the audit
/// before each act. Thread-safe.
class RevealBook {
 public:
  struct Config {
    std::chrono::hours lifetime{72};  ///< of a request, from asking to showing
    /// More at once, or more asked by one person in 24 hours, need a purpose with `bulk_reveal`.
    std::uint32_t most_at_once = 5;
    std::uint32_t most_a_day = 20;
    std::uint32_t most_in_bulk = 10'000;  ///< in one request, whatever the purpose
  };
  struct Dependencies {
    Database& ledger;
    CaseBook& cases;
    const CaseChronicle& chronicle;
    /// Writes to the audit, and lets `chronicle` know; returns when it is on disk.
    std::function<Status(AuditEntry)> append;
    PolicySource policy;
    std::function<Timestamp()> now;
    /// The address behind a pseudonym seen at a moment.
    std::function<Result<IpAddress>(const IpAddress&, Timestamp)> address_of;
    /// A keyed hash, in hex, of what was shown: whoever holds the guard's key can check a claim
    /// about it, nobody else can guess addresses from it.
    std::function<Result<std::string>(std::string_view)> keyed_hash;
  };

  RevealBook(Config config, Dependencies dependencies)
      : config_(config), dependencies_(std::move(dependencies)) {}

  struct Asking {
    std::string case_id;
    std::string purpose;
    std::string reason;
    std::vector<IpAddress> pseudonyms;
    std::optional<Timestamp> moment;  ///< none: now, or the end of the case's window before it
  };
  Result<RevealRequest> ask(const Person& who, const Asking& asking);
  Result<RevealRequest> approve(const Person& who, std::string_view id);
  Result<RevealRequest> reject(const Person& who, std::string_view id, const std::string& reason);
  /// The answer; the asker gets it once. It is computed here and kept nowhere.
  Result<std::vector<RevealedAddress>> show(const Person& who, std::string_view id);

  [[nodiscard]] Result<RevealRequest> find(std::string_view id);
  /// The newest first.
  [[nodiscard]] Result<std::vector<RevealRequest>> list();
  /// Requests and cases in the ledger that are not as the audit says, and such that it lost, in
  /// words; empty when all agree.
  [[nodiscard]] Result<std::vector<std::string>> disagreements();

 private:
  /// Why an act cannot be, or what it is about.
  [[nodiscard]] Result<RevealRequest> request_for(std::string_view id);
  [[nodiscard]] Status agrees(const RevealRequest& request) const;
  [[nodiscard]] Result<RevealRequest> asked(const Person& who, const Asking& asking);
  [[nodiscard]] Status may_decide(const Person& who, const RevealRequest& request);
  [[nodiscard]] Result<RevealRequest> decide(const Person& who, std::string_view id, bool approves,
                                             const std::string& reason);
  [[nodiscard]] Status may_see(const Person& who, const RevealRequest& request);
  [[nodiscard]] AuditEntry entry_of(std::string_view kind, const Person& who,
                                    const RevealRequest& request) const;

  Config config_;
  Dependencies dependencies_;
  std::mutex mutex_;  ///< one act at a time: what was checked is still so when it is done
};

}  // namespace noroshi
