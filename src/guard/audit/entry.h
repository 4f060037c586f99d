#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "guard/digest.h"

namespace noroshi {

/// What is written down about one act. Empty texts are left out.
///
/// No subscriber's address stands here in clear: write `~198.51.100.7`, the pseudonym, wherever a
/// person's question names one (print a filter after it has been narrowed). Audit::append() refuses
/// an entry in which it finds one all the same.
struct AuditEntry {
  std::string kind;     ///< a word of guard/audit/kinds.h
  std::string who;      ///< account of the person, or "system:contacts"
  std::string purpose;  ///< the policy's name of it
  std::string grant;    ///< identifies a permitted read, and what came of it
  std::string case_id;
  std::string what;  ///< the question or act in words, one line
  std::optional<std::uint64_t> rows;
  std::string result;  ///< Digest::to_hex() of what was answered
  std::vector<std::pair<std::string, std::string>> details;  ///< by kind; in this order

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

/// When, told by two clocks: the one that people set, and the one that nobody can.
struct AuditMoment {
  Timestamp time;
  std::string boot;                       ///< the kernel's id of this boot
  std::uint64_t uptime_milliseconds = 0;  ///< since boot, sleep included (CLOCK_BOOTTIME)
};

/// An entry in its place in the chain.
struct RecordedEntry {
  std::uint64_t sequence = 0;  ///< from 1, without gaps
  AuditMoment moment;
  std::string node;
  Digest previous;  ///< of the line before; all zero for the first of a chain
  AuditEntry entry;
};

}  // namespace noroshi
