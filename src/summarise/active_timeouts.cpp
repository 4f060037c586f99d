#include "summarise/active_timeouts.h"

#include <algorithm>

namespace noroshi {
namespace {

/// Exporters look at their tables once a second or slower, so a cut record is up to a few per cent
/// off; a second is granted to the shortest.
bool is_near(std::uint64_t duration, std::uint64_t timeout) {
  return duration + timeout / 20 >= timeout && duration <= timeout + timeout / 20 + 1000;
}

}  // namespace

bool ActiveTimeouts::Tally::applies(std::size_t index) const {
  if (stated[index] > 0) return true;
  return near[index] >= kLeastPile && beyond[index] * 50 <= near[index];
}

void ActiveTimeouts::tally(const IpAddress& exporter, std::uint64_t duration,
                           std::uint8_t end_reason) {
  if (exporters_.size() >= kMostExporters && !exporters_.contains(exporter)) return;
  auto& seen = exporters_[exporter];
  for (std::size_t index = 0; index < kUsual.size(); ++index) {
    if (is_near(duration, kUsual[index])) {
      ++seen.near[index];
      if (end_reason == kEndedByActiveTimeout) ++seen.stated[index];
    } else if (duration > kUsual[index]) {
      ++seen.beyond[index];
    }
  }
}

bool ActiveTimeouts::cut(const IpAddress& exporter, std::uint64_t duration,
                         std::uint8_t end_reason) const {
  if (end_reason == kEndedByActiveTimeout) return true;
  if (is_below_all(duration)) return false;
  const auto found = exporters_.find(exporter);
  if (found == exporters_.end()) return false;
  for (std::size_t index = 0; index < kUsual.size(); ++index)
    if (is_near(duration, kUsual[index]) && found->second.applies(index)) return true;
  return false;
}

std::vector<LearntTimeout> ActiveTimeouts::learnt() const {
  std::vector<LearntTimeout> result;
  for (const auto& [exporter, tally] : exporters_)
    for (std::size_t index = 0; index < kUsual.size(); ++index)
      if (tally.applies(index)) result.push_back({exporter, kUsual[index], tally.near[index]});
  std::ranges::sort(result, [](const LearntTimeout& a, const LearntTimeout& b) {
    return a.exporter != b.exporter ? a.exporter < b.exporter : a.milliseconds < b.milliseconds;
  });
  return result;
}

}  // namespace noroshi
