#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/time.h"
#include "simulate/diurnal.h"
#include "simulate/draws.h"
#include "simulate/population/subscriber.h"
#include "simulate/wire.h"

namespace noroshi::simulate {

/// What goes on at a steady interval, kept by a clock: the k-th beat is at a phase of the line's
/// own plus k intervals, early or late by at most `jitter`.
struct Rhythm {
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds jitter{0};  ///< below half the interval
};

/// Calls `visit(Timestamp, Draws of the beat)` for each beat in the window, in order of k.
template <typename Visitor>
void for_each_beat(Draws draws, const Rhythm& rhythm, const Window& window, Visitor&& visit) {
  using std::chrono::milliseconds;
  auto own = draws;
  const milliseconds phase = own.between(milliseconds(0), rhythm.interval);
  const auto index = [&](Timestamp moment) {
    return (moment.time_since_epoch() - phase) / rhythm.interval;
  };
  for (auto k = index(window.from - rhythm.jitter); k <= index(window.to + rhythm.jitter) + 1;
       ++k) {
    auto of_beat = draws.of(static_cast<std::uint64_t>(k));
    auto when = Timestamp(phase + k * rhythm.interval);
    if (rhythm.jitter.count() > 0) when += of_beat.between(-rhythm.jitter, rhythm.jitter);
    if (window.contains(when)) visit(when, of_beat);
  }
}

/// What people begin at random, so many times an hour when they are busiest.
struct Sittings {
  std::uint64_t per_hour_thousandths = 0;
  std::chrono::milliseconds longest{0};  ///< none lasts longer
};

/// Calls `visit(Timestamp of its beginning, Draws of the sitting)` for every sitting of the line
/// that may still last in the window: those that begin from `longest` before it.
template <typename Visitor>
void for_each_sitting(const Subscriber& line, Draws draws, const Sittings& sittings,
                      const Window& window, Visitor&& visit) {
  using std::chrono::milliseconds;
  constexpr milliseconds kHour = std::chrono::hours(1);
  const auto earliest = window.from - sittings.longest;
  for (auto hour = std::chrono::floor<std::chrono::hours>(earliest); hour < window.to;
       hour += std::chrono::hours(1)) {
    auto of_hour = draws.of(static_cast<std::uint64_t>(hour.time_since_epoch().count()));
    const auto busy = line.kind == LineKind::kHome ? diurnal_permille(hour) : office_permille(hour);
    const auto expected =
        sittings.per_hour_thousandths * busy / 1000 * line.activity_permille / 1000;
    const auto count = of_hour.poisson(expected);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto begins =
          Timestamp(hour) + of_hour.between(milliseconds(0), kHour - milliseconds(1));
      if (begins >= earliest && begins < window.to)
        visit(begins, draws.of(static_cast<std::uint64_t>(begins.time_since_epoch().count())));
    }
  }
}

/// Calls `visit(Timestamp, k)` for the pieces of something that lasts from `from` to `to`, one
/// every `interval`, that fall into the window.
template <typename Visitor>
void for_each_piece(Timestamp from, Timestamp to, std::chrono::milliseconds interval,
                    const Window& window, Visitor&& visit) {
  if (to <= window.from || from >= window.to) return;
  std::int64_t k = from >= window.from
                       ? 0
                       : (window.from - from + interval - std::chrono::milliseconds(1)) / interval;
  for (auto when = from + k * interval; when < to && when < window.to; when += interval, ++k)
    visit(when, k);
}

/// The rank of the connection that a long-lived channel has at a moment: a new one begins about
/// every `lifetime`, at moments of its own.
[[nodiscard]] inline std::uint64_t connection_at(Draws draws, std::chrono::milliseconds lifetime,
                                                 Timestamp moment) {
  auto own = draws.of(0xc0'22ec'7104);
  const auto phase = own.between(std::chrono::milliseconds(0), lifetime);
  return static_cast<std::uint64_t>((moment.time_since_epoch() + phase) / lifetime);
}

}  // namespace noroshi::simulate
