#include "learn/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace noroshi {
namespace {

/// By score, the most suspect first.
std::vector<Scored> ranked(std::span<const Scored> scored) {
  std::vector<Scored> all(scored.begin(), scored.end());
  std::ranges::stable_sort(all, std::ranges::greater{}, &Scored::score);
  return all;
}

/// Calls `step(score, positives, negatives)` for each score, the highest first.
template <typename Step>
void for_each_score(const std::vector<Scored>& all, Step&& step) {
  for (std::size_t begin = 0; begin < all.size();) {
    auto end = begin;
    std::uint64_t positives = 0;
    while (end < all.size() && all[end].score == all[begin].score)
      positives += all[end++].positive ? 1U : 0U;
    step(all[begin].score, positives, end - begin - positives);
    begin = end;
  }
}

std::uint64_t positives_in(std::span<const Scored> scored) {
  return static_cast<std::uint64_t>(std::ranges::count(scored, true, &Scored::positive));
}

}  // namespace

double roc_area(std::span<const Scored> scored) {
  const auto positives = static_cast<double>(positives_in(scored));
  const auto negatives = static_cast<double>(scored.size()) - positives;
  if (positives == 0 || negatives == 0) return 0.5;
  double wins = 0, above = 0;
  for_each_score(ranked(scored), [&](double, std::uint64_t here, std::uint64_t others) {
    wins += static_cast<double>(others) * (above + static_cast<double>(here) / 2);
    above += static_cast<double>(here);
  });
  return wins / (positives * negatives);
}

double average_precision(std::span<const Scored> scored) {
  const auto positives = static_cast<double>(positives_in(scored));
  if (positives == 0) return 0;
  double area = 0, found = 0, listed = 0;
  for_each_score(ranked(scored), [&](double, std::uint64_t here, std::uint64_t others) {
    found += static_cast<double>(here);
    listed += static_cast<double>(here + others);
    area += static_cast<double>(here) / positives * found / listed;
  });
  return area;
}

AtFalsePositiveRate at_false_positive_rate(std::span<const Scored> scored, double rate) {
  AtFalsePositiveRate result;
  result.threshold = std::numeric_limits<double>::infinity();
  result.positives = positives_in(scored);
  const auto allowed = static_cast<std::uint64_t>(
      rate * static_cast<double>(scored.size() - result.positives) + 1e-9);
  std::uint64_t found = 0, wrong = 0;
  for_each_score(ranked(scored), [&](double score, std::uint64_t here, std::uint64_t others) {
    found += here;
    wrong += others;
    if (wrong > allowed) return;
    result.threshold = score;
    result.found = found;
    result.false_positives = wrong;
  });
  if (result.positives != 0)
    result.recall = static_cast<double>(result.found) / static_cast<double>(result.positives);
  return result;
}

double calibration_error(std::span<const Scored> scored, std::size_t bins) {
  if (scored.empty() || bins == 0) return 0;
  const auto all = ranked(scored);
  double error = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const auto begin = all.size() * bin / bins, end = all.size() * (bin + 1) / bins;
    double said = 0, true_ones = 0;
    for (auto index = begin; index < end; ++index) {
      said += all[index].score;
      true_ones += all[index].positive ? 1 : 0;
    }
    error += std::abs(said - true_ones);
  }
  return error / static_cast<double>(all.size());
}

}  // namespace noroshi
