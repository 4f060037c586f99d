#include "judge/temporal/cut_connections.h"

#include <algorithm>

namespace noroshi {

constexpr std::uint64_t kTenth = 10;

Cuts cuts_of(std::span<const ContactEvent> events) {
  Cuts cuts;
  for (std::size_t at = 1; at < events.size(); ++at) {
    if (!events[at].continued) continue;
    ++cuts.pieces;
    const auto& before = events[at - 1];
    const auto end = before.time + before.duration;
    const auto pause = events[at].time > end ? events[at].time - end : 0;
    if (before.duration > 0 && before.duration * kTenth >= before.duration + pause)
      ++cuts.after_longer;
    else
      cuts.shortest_pause = cuts.shortest_pause == 0 ? pause : std::min(cuts.shortest_pause, pause);
  }
  return cuts;
}

}  // namespace noroshi
