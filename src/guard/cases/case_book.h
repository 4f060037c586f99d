#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "database/database.h"
#include "guard/audit/entry.h"
#include "guard/cases/case.h"
#include "guard/cases/chronicle.h"
#include "guard/person.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// The policy as it is now: swapped whole when it changes.
using PolicySource = std::function<std::shared_ptr<const Policy>()>;

/// The cases of an installation: in the ledger, and on the record. Each act is written to the audit
/// first; a refusal too. Thread-safe.
class CaseBook final : public CaseRegister {
 public:
  struct Dependencies {
    Database& ledger;
    const CaseChronicle& chronicle;
    /// Writes to the audit, and lets `chronicle` know; returns when it is on disk.
    std::function<Status(AuditEntry)> append;
    PolicySource policy;
    std::function<Timestamp()> now;
    /// Reads a filter as people write it, with the words of this installation; refuses one that
    /// names a subscriber's address.
    std::function<Result<Condition>(std::string_view)> read_filter;
  };

  explicit CaseBook(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  struct Opening {
    std::string title;
    Timestamp from;
    Timestamp to;  ///< exclusive
    std::string filter;
    bool hold = false;
  };
  /// kInvalidArgument for an empty title or window and a filter that is none.
  Result<Case> open(const Person& who, const Opening& opening);
  /// Ends it: nothing more is read or revealed for it, its data may be deleted again.
  Result<Case> close(const Person& who, std::string_view id);
  [[nodiscard]] Result<Case> find(std::string_view id);
  /// The newest first.
  [[nodiscard]] Result<std::vector<Case>> list();

  [[nodiscard]] Result<CaseBounds> bounds(std::string_view case_id) override;
  /// kPermission unless the case is open and is in the ledger as the audit says.
  [[nodiscard]] Result<Case> open_case(std::string_view id);
  /// Of all open cases that hold. A case that the ledger lost or holds otherwise than the audit is
  /// an error: nothing is to be deleted then.
  [[nodiscard]] Result<std::vector<CaseHold>> holds();
  /// Cases in the ledger that are not as the audit says, and such that it lost, in words.
  [[nodiscard]] Result<std::vector<std::string>> disagreements();

 private:
  [[nodiscard]] tl::unexpected<Error> refuse(const Person& who, std::string_view case_id,
                                             std::string act, Error error) const;
  [[nodiscard]] Status agrees(const Case& found) const;
  [[nodiscard]] Result<CaseBounds> bounds_of(const Case& found) const;

  Dependencies dependencies_;
};

/// The number that comes next: above every one that the ledger or the audit has seen.
[[nodiscard]] std::uint64_t next_number(std::uint64_t in_ledger, std::uint64_t in_audit);

}  // namespace noroshi
