#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace noroshi {

/// "12.3 GB": decimal units, as disks are sold.
[[nodiscard]] inline std::string size_in_words(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 1000) return fmt::format("{} B", bytes);
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", value / 1e3);
  if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", value / 1e6);
  return fmt::format("{:.1f} GB", value / 1e9);
}

}  // namespace noroshi
