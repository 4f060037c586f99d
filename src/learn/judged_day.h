#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "learn/contact_hours.h"
#include "learn/endpoint_day.h"
#include "net/prefix.h"
#include "pipeline/knowledge.h"

namespace noroshi {

/// What one day of a view is to be judged with.
struct DayOrder {
  std::uint64_t begin = 0;  ///< ms since 1970 UTC, whole hours
  std::uint64_t end = 0;
  std::uint32_t sampling = 0;
  std::vector<Prefix> local;
  Knowledge knowledge{};
  /// Packets of each server of the truth before the day, where a truth counts on over days.
  std::unordered_map<Endpoint, std::uint64_t> packets_before{};
};

/// Judges the day as the daemon judges a stored one, and puts what is true beside what was seen.
/// A C&C server of the truth that was called in the day and that the view does not show is there
/// too, unseen.
[[nodiscard]] Result<DayOfNetwork> judged_day(const ContactHours& hours, const NetworkTruth& truth,
                                              const DayOrder& order);

}  // namespace noroshi
