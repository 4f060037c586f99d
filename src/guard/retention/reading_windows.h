#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guard/policy/policy.h"

namespace noroshi {

/// How far back a purpose reads a table.
struct ReadingWindow {
  GuardedTable table = GuardedTable::kFlows;
  std::string purpose;
  std::uint32_t days = 0;  ///< 0: as far as the table goes
};

/// Of every purpose and table it reads, in the order of the policy.
[[nodiscard]] std::vector<ReadingWindow> reading_windows(const Policy& policy);

/// How far back anybody reads a table for any purpose: what is older, nobody may read. 0: nobody
/// reads it at all; nothing: there is no bound.
[[nodiscard]] std::optional<std::uint32_t> longest_window(const std::vector<ReadingWindow>& windows,
                                                          GuardedTable table);

}  // namespace noroshi
