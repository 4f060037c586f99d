#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "guard/audit/bundle.h"
#include "guard/audit/list.h"

namespace noroshi {

/// What a person may ask of the audit. As with Desk, one implementation answers from the files and
/// one asks a running daemon; docs/reference/audit.md has the JSON.
class AuditDesk {
 public:
  virtual ~AuditDesk() = default;
  using PieceSink = std::function<Status(std::string_view)>;

  /// The lines that match, as they stand in the segments.
  [[nodiscard]] virtual Status list(const AuditQuery& query, const PieceSink& sink) = 0;
  /// What verification of the whole chain saw, as JSON.
  [[nodiscard]] virtual Result<std::string> verify() = 0;
  /// A bundle for another party (write_audit_bundle()), itself on the record.
  [[nodiscard]] virtual Status write_bundle(const AuditSpan& span, const PieceSink& sink) = 0;
  /// Has the chain's head time-stamped now; the new entry in few words, as JSON.
  [[nodiscard]] virtual Result<std::string> stamp() = 0;
};

}  // namespace noroshi
