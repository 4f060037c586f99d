#include "judge/temporal/intervals.h"

#include <algorithm>
#include <cmath>

namespace noroshi {
namespace {

/// The quantile of sorted values, linear between neighbours (Hyndman and Fan 1996, type 7).
double quantile(std::span<const double> sorted, double fraction) {
  const double position = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, sorted.size() - 1);
  const double share = position - static_cast<double>(below);
  return sorted[below] + share * (sorted[above] - sorted[below]);
}

}  // namespace

std::vector<std::uint64_t> burst_starts(std::span<const std::uint64_t> times, std::uint64_t quiet) {
  std::vector<std::uint64_t> starts;
  for (const auto time : times)
    if (starts.empty() || time >= starts.back() + quiet) starts.push_back(time);
  return starts;
}

IntervalStatistics interval_statistics(std::span<const std::uint64_t> times, std::uint64_t floor) {
  std::vector<double> intervals;
  for (std::size_t index = 1; index < times.size(); ++index)
    if (times[index] > times[index - 1] + floor)
      intervals.push_back(static_cast<double>(times[index] - times[index - 1] - floor) / 1000.0);
  IntervalStatistics result;
  result.intervals = intervals.size();
  if (intervals.empty()) return result;
  std::ranges::sort(intervals);
  const double lower = quantile(intervals, 0.25);
  const double upper = quantile(intervals, 0.75);
  result.median = quantile(intervals, 0.5);
  result.bowley = upper > lower ? (lower + upper - 2 * result.median) / (upper - lower) : 0.0;
  std::vector<double> deviations(intervals.size());
  std::ranges::transform(intervals, deviations.begin(),
                         [&](double value) { return std::abs(value - result.median); });
  std::ranges::sort(deviations);
  result.dispersion_score = std::max(0.0, 1.0 - quantile(deviations, 0.5) / result.median);
  // A skewness within a spread that is tiny against the median says nothing of irregularity.
  const double skewness = std::abs(result.bowley) * std::min(1.0, (upper - lower) / result.median);
  result.score = 0.5 * ((1.0 - skewness) + result.dispersion_score);
  return result;
}

}  // namespace noroshi
