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

namespace noroshi {

/// Which entries to list. Empty texts ask for any.
struct AuditQuery {
  std::optional<Timestamp> from{};  ///< by the entries' own times, both ends included
  std::optional<Timestamp> to{};
  std::string kind{};
  std::string who{};
  std::string purpose{};
  std::string case_id{};
  std::uint64_t limit = 0;  ///< the last so many that match; 0: all, else up to kMostListed
};
inline constexpr std::uint64_t kMostListed = 100'000;

/// Gives the lines that match, each with its newline, in the order of the chain. Lines that are no
/// entries are passed over: verify_audit() names them. `end` as in AuditScope. An error of `sink`
/// ends the list. kLimit for a limit above kMostListed.
[[nodiscard]] Status list_audit(const std::filesystem::path& folder, const AuditQuery& query,
                                const std::function<AuditEnd()>& end,
                                const std::function<Status(std::string_view)>& sink);

}  // namespace noroshi
