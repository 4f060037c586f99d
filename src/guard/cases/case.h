#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "database/migration.h"
#include "filter/condition.h"
#include "guard/digest.h"

namespace noroshi {

/// Something that people look into. It bounds what is read for it, and may keep its data from
/// deletion. Closed, it allows nothing any more.
struct Case {
  std::uint64_t number = 0;  ///< from 1; people write "C1"
  std::string title;
  std::string opened_by;  ///< a person's name
  Timestamp opened;
  Timestamp from;      ///< of the window
  Timestamp to;        ///< exclusive
  std::string filter;  ///< as filter/print.h writes it: no name, no moment that moves
  bool hold = false;
  std::string closed_by;
  std::optional<Timestamp> closed;

  [[nodiscard]] std::string id() const;
};

/// "C12" and "R3": the numbers of cases and of requests as people write them; `letter` is either.
[[nodiscard]] std::string id_of(char letter, std::uint64_t number);
[[nodiscard]] Result<std::uint64_t> parse_id(char letter, std::string_view text);

/// Of all that does not change while a case is open. The audit holds it, so that a case that
/// somebody widened in the ledger is found.
[[nodiscard]] Digest digest_of(const Case& opened);

/// What a read for a case is narrowed to.
struct CaseBounds {
  Timestamp from;
  Timestamp to;  ///< exclusive
  Condition filter;
};

/// Data that must not be deleted, and for which case.
struct CaseHold {
  std::string case_id;
  CaseBounds bounds;
};

/// Says what a case allows to be read. Thread-safe.
class CaseRegister {
 public:
  virtual ~CaseRegister() = default;
  /// kNotFound: no such case; kPermission: closed, or its entry in the ledger is not what the audit
  /// says was opened.
  [[nodiscard]] virtual Result<CaseBounds> bounds(std::string_view case_id) = 0;
};

/// The steps of the ledger's form, from src/guard/cases/migrations.
[[nodiscard]] std::span<const Migration> ledger_migrations();

inline constexpr std::size_t kMostCaseTitle = 400;       ///< octets
inline constexpr std::size_t kMostCaseFilter = 100'000;  ///< octets

}  // namespace noroshi
