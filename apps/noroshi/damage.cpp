#include "damage.h"

#include <fmt/format.h>

#include "output.h"

namespace noroshi {

std::map<std::string, std::uint64_t> undecodable_by_reason(const RecordingStatistics& statistics) {
  std::map<std::string, std::uint64_t> reasons;
  for (std::size_t i = 0; i < kUndecodableReasons; ++i) {
    const auto reason = static_cast<Undecodable>(i);
    if (const auto times = statistics.decode.of(reason); times > 0)
      reasons[std::string(to_string(reason))] += times;
  }
  for (const auto& [reason, times] : statistics.damage) reasons[reason] += times;
  return reasons;
}

bool nothing_could_be_read(const RecordingStatistics& statistics) {
  const auto& decode = statistics.decode;
  return !statistics.damage.empty() && decode.records == 0 && decode.datagrams == 0 &&
         decode.option_records == 0 && statistics.packets_read == 0 &&
         statistics.packets_ignored == 0;
}

void warn_of_damage(const std::string& path, const Recording& recording) {
  const auto& statistics = recording.statistics();
  if (statistics.damage.empty()) return;
  std::string reasons;
  for (const auto& [reason, times] : statistics.damage)
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", reason, times);
  complain(path, nothing_could_be_read(statistics)
                     ? fmt::format("damaged, nothing could be read: {}", reasons)
                     : fmt::format("warning: damaged, the readable part is shown: {}", reasons));
}

}  // namespace noroshi
