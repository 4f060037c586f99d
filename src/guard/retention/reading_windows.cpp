#include "guard/retention/reading_windows.h"

#include <algorithm>

namespace noroshi {

std::vector<ReadingWindow> reading_windows(const Policy& policy) {
  std::vector<ReadingWindow> windows;
  for (const auto& purpose : policy.purposes)
    for (const auto table : purpose.tables)
      windows.push_back({table, purpose.name, purpose.retention_days});
  return windows;
}

std::optional<std::uint32_t> longest_window(const std::vector<ReadingWindow>& windows,
                                            GuardedTable table) {
  std::uint32_t longest = 0;
  for (const auto& window : windows) {
    if (window.table != table) continue;
    if (window.days == 0) return std::nullopt;
    longest = std::max(longest, window.days);
  }
  return longest;
}

}  // namespace noroshi
