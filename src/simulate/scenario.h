#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace noroshi::simulate {

/// What the provider's routers speak.
enum class ExportProtocol : std::uint8_t { kNetflow5, kNetflow9, kIpfix, kSflow5 };
inline constexpr std::size_t kExportProtocols = 4;

/// Everything that decides a simulation: the same scenario gives the same datagrams, octet by
/// octet.
struct Scenario {
  static constexpr std::uint32_t kMostSubscribers = 1'000'000;
  static constexpr std::uint32_t kLargestSampling = 16'383;  // what NetFlow v5 can state
  static constexpr std::uint32_t kSflowSampling = 256;

  std::uint64_t seed = 1;
  std::uint32_t subscribers = 2000;
  std::uint32_t infected = 12;  ///< at most the subscribers
  Timestamp start{std::chrono::sys_days{std::chrono::year(2026) / 11 / 2} +
                  std::chrono::hours(10)};  ///< a Monday evening in Japan; whole seconds
  std::chrono::seconds duration{std::chrono::hours(2)};
  std::uint32_t sampling = 1;  ///< 1 packet in N at the flow exporters
  std::uint32_t sflow_sampling = kSflowSampling;
  /// One router each; subscribers are spread over them in turn.
  bool routers[kExportProtocols] = {false, true, false, false};

  [[nodiscard]] Timestamp end() const { return start + duration; }
};

}  // namespace noroshi::simulate
