#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "guard/audit/finding.h"
#include "guard/audit/folder.h"

namespace noroshi {

/// How a chain is to be verified.
struct AuditScope {
  /// Where to begin: this many segments from the end; 0 for all of them. The entry before is then
  /// taken at the word of its successor.
  std::size_t last_segments = 0;
  /// The entry before the first one, where a part of a chain is verified: a bundle says so itself.
  std::optional<AuditHead> before{};
  /// Where the chain ends, when somebody is writing it: asked once the head has been read, so that
  /// the one is never behind the other. What is written behind it is not looked at.
  std::function<AuditEnd()> end{};
  /// Asked before each segment: true ends the verification with kUnavailable.
  std::function<bool()> cancelled{};
  /// Says when a time stamp (RFC 3161 token, DER) was made, or why it is not one of the trusted
  /// authority's over this hash. Absent: tokens are counted, not checked.
  std::function<Result<Timestamp>(std::string_view token, const Digest& covered)> check_token{};
};

/// What verification saw.
struct AuditVerification {
  std::uint64_t entries = 0;
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;
  AuditHead last;  ///< the last entry in its place
  std::optional<AuditHead> head;
  Timestamp from;  ///< of the first entry and the last
  Timestamp to;
  std::uint64_t time_stamps = 0;
  std::uint64_t time_stamps_unchecked = 0;
  std::uint64_t covered = 0;  ///< the last entry that a good time stamp covers; 0: none
  Timestamp covered_at;
  /// For an opening after a crash: the last line in its last segment that is whole ends here.
  std::uint64_t last_segment_whole_bytes = 0;
  std::vector<AuditFinding> findings;
  std::uint64_t findings_beyond = 0;  ///< not listed

  /// The chain is what was written: nothing but clocks, time stamps and unfinished lines to remark.
  [[nodiscard]] bool is_intact() const;
  /// Nothing to remark but an unfinished line.
  [[nodiscard]] bool is_good() const;
};

/// Reads the segments of a folder and its head, and says all that is wrong with them. Streams: the
/// memory it takes does not grow with the chain. Fails only where the folder cannot be read.
[[nodiscard]] Result<AuditVerification> verify_audit(const std::filesystem::path& folder,
                                                     const AuditScope& scope = {});

}  // namespace noroshi
