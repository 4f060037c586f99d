#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "guard/audit/folder.h"
#include "guard/digest.h"

namespace noroshi {

/// What of the chain leaves.
struct AuditSpan {
  std::optional<Timestamp> from{};  ///< the first entry at or after it, and all behind it …
  std::optional<Timestamp> to{};    ///< … up to the last one at or before it
};

/// What left.
struct AuditBundle {
  std::uint64_t entries = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t time_stamps = 0;
  Digest sha256;  ///< of the whole file
};

/// Writes a tar archive (POSIX.1-1988 ustar) that another party can verify without Noroshi: the
/// lines of the span as they stand in the segments, and behind them those up to the next time stamp
/// that covers them; `head` and `before`, the tokens as files, the authority's certificates, a
/// script that verifies, and a text in Japanese and English that says how. A broken chain leaves as
/// it is.
///
/// `end` as in AuditScope. kNotFound where the span holds no entry.
[[nodiscard]] Result<AuditBundle> write_audit_bundle(
    const std::filesystem::path& folder, const AuditSpan& span, const std::string& ca_file,
    const std::function<AuditEnd()>& end, const std::function<Status(std::string_view)>& sink);

}  // namespace noroshi
