#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "guard/digest.h"

namespace noroshi {

/// One file of the chain: the lines of its entries, from `first` on.
struct AuditSegment {
  std::filesystem::path path;
  std::uint64_t first = 0;  ///< sequence of its first entry, as its name says
  std::uint64_t bytes = 0;

  [[nodiscard]] std::string name() const { return path.filename().string(); }
};

/// A place in the chain: an entry's sequence and the hash of its line. {0, zeros} before the first.
struct AuditHead {
  std::uint64_t sequence = 0;
  Digest hash;

  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

/// How far a chain goes: up to an entry, in a segment of which so many bytes count.
struct AuditEnd {
  AuditHead head;
  std::uint64_t segment_first = 0;  ///< names the segment; 0: there is none yet
  std::uint64_t segment_bytes = 0;
};

/// "00000000000000000001.jsonl".
[[nodiscard]] std::string audit_segment_name(std::uint64_t first);
/// The segments of a folder in the order of their names. Other files are passed over. kNotFound
/// when there is no such folder.
[[nodiscard]] Result<std::vector<AuditSegment>> audit_segments(const std::filesystem::path& folder);

/// What the file `head` holds: sequence in 20 digits, a space, the hash, a newline: 86 octets, so
/// that it is replaced by one write into one sector.
[[nodiscard]] std::string audit_head_text(const AuditHead& head);
/// Nothing when there is no such file; kMalformed when it holds something else.
[[nodiscard]] Result<std::optional<AuditHead>> read_audit_head(const std::filesystem::path& file);

}  // namespace noroshi
