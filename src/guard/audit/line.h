#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "guard/audit/entry.h"

namespace noroshi {

/// The line of an entry, its newline included: JSON (RFC 8259) in one fixed spelling, given in
/// docs/reference/audit.md. What in a text is not UTF-8 is written U+FFFD.
[[nodiscard]] std::string audit_line(const RecordedEntry& recorded);

/// A line with its newline is never longer.
inline constexpr std::size_t kMostAuditLine = std::size_t{1} << 20;

/// The parts of a line, still spelt as JSON spells them. Views into the line.
struct AuditLine {
  std::uint64_t sequence = 0;
  Timestamp time;
  std::string_view node;
  std::string_view boot;
  std::uint64_t uptime_milliseconds = 0;
  Digest previous;
  std::string_view kind;
  std::string_view who;
  std::string_view purpose;
  std::string_view grant;
  std::string_view case_id;
  std::string_view what;
  std::optional<std::uint64_t> rows;
  std::string_view result;
  std::string_view details;  ///< the members, without braces
};

/// Takes a line apart, `text` being without the newline. Nothing when it is not spelt as
/// audit_line() does: the hot path of verification, which makes no strings.
[[nodiscard]] std::optional<AuditLine> scan_audit_line(std::string_view text);
/// The same as values. kMalformed when it is not such a line.
[[nodiscard]] Result<RecordedEntry> read_audit_line(std::string_view text);
/// The value of one of an entry's details; empty when it is not there.
[[nodiscard]] std::string audit_detail(const AuditLine& line, std::string_view name);
/// What a text of a line says, its escapes undone.
[[nodiscard]] std::string plain_audit_text(std::string_view spelt);

}  // namespace noroshi
