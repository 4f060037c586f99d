#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace noroshi {

/// How alike the intervals of a series are.
struct IntervalStatistics {
  std::size_t intervals = 0;
  double median = 0;            ///< seconds
  double bowley = 0;            ///< quartile skewness, −1 … 1; 0 = symmetric
  double dispersion_score = 0;  ///< 1 − MAD / median, not below 0
  /// ½[(1 − |bowley|) + dispersion_score]: 1 for a clock, about 0.52 for a Poisson process.
  double score = 0;
};

/// The starts of bursts: times at least `quiet` ms after the first time of the burst before.
/// A browser's six parallel connections, or a call and its immediate repetition, are one decision.
/// `times` ascend, in ms.
[[nodiscard]] std::vector<std::uint64_t> burst_starts(std::span<const std::uint64_t> times,
                                                      std::uint64_t quiet);

/// Quartile skewness and median absolute deviation of the intervals between ascending times (ms),
/// the two robust statistics that RITA v5 scores a beacon's timing with. Intervals of zero are left
/// out. Only for series of which nothing is missing: thinning by sampling destroys both.
///
/// Departures from RITA's definition: nothing is floored at ten seconds, since C&C calls every two
/// seconds exist; where the quartiles coincide the skewness is zero. `floor` (ms) is taken off
/// every interval first: what nothing could have been shorter than.
[[nodiscard]] IntervalStatistics interval_statistics(std::span<const std::uint64_t> times,
                                                     std::uint64_t floor = 0);

}  // namespace noroshi
