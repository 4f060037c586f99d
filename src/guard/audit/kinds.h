#pragma once

#include <span>
#include <string_view>

namespace noroshi {

/// What kinds of entries the audit has, and what people call them.
struct AuditKind {
  std::string_view word;  ///< as entries and --kind spell it
  std::string_view english;
  std::string_view japanese;
};

/// Every kind there is; append() takes no other. Their meaning and details stand in
/// docs/reference/audit.md.
[[nodiscard]] std::span<const AuditKind> audit_kinds();
/// Null when there is no such kind.
[[nodiscard]] const AuditKind* find_audit_kind(std::string_view word);

}  // namespace noroshi
