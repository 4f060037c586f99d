#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "guard/audit/entry.h"

namespace noroshi {

/// What the audit says of cases and of requests to reveal: which were opened, with which content,
/// and what was done with them. The ledger is held against it before each act, so that an entry
/// that somebody changed, added or removed in the ledger is found and allows nothing.
///
/// Thread-safe. Grows by a few hundred octets for each case and request there ever was.
class CaseChronicle {
 public:
  struct CaseFacts {
    std::string digest;  ///< hex of digest_of(Case) when it was opened
    bool closed = false;
  };
  struct RevealFacts {
    std::string digest;  ///< hex of digest_of(RevealRequest) when it was asked
    std::string asked_by;
    Timestamp asked;
    std::uint32_t pseudonyms = 0;
    bool bulk = false;
    std::set<std::string> approved_by;
    std::set<std::string> rejected_by;
    bool shown = false;
  };

  /// Takes one entry, in the order of the chain: all of it at the start, each new one after it is
  /// on disk. Entries of other kinds change nothing.
  void recall(const AuditEntry& entry, Timestamp time);

  [[nodiscard]] std::optional<CaseFacts> find_case(std::string_view id) const;
  [[nodiscard]] std::optional<RevealFacts> find_reveal(std::string_view id) const;
  [[nodiscard]] std::map<std::string, CaseFacts, std::less<>> cases() const;
  [[nodiscard]] std::map<std::string, RevealFacts, std::less<>> reveals() const;

  /// Pseudonyms revealed since then, by anybody.
  [[nodiscard]] std::uint32_t revealed_since(Timestamp since) const;
  /// Pseudonyms that a person asked for since then under purposes that are not for bulk.
  [[nodiscard]] std::uint32_t asked_since(std::string_view person, Timestamp since) const;
  /// When a person, not the program itself, last read under a purpose.
  [[nodiscard]] std::optional<Timestamp> last_read(std::string_view purpose) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, CaseFacts, std::less<>> cases_;
  std::map<std::string, RevealFacts, std::less<>> reveals_;
  std::deque<std::pair<Timestamp, std::uint32_t>> revealed_;  // of the last days
  std::map<std::string, Timestamp, std::less<>> last_read_;   // by purpose
};

/// The value of one of an entry's details; empty when it is not there.
[[nodiscard]] std::string detail_of(const AuditEntry& entry, std::string_view name);

}  // namespace noroshi
