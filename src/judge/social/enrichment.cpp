#include "judge/social/enrichment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace noroshi {
namespace {

double log_choose(std::uint64_t all, std::uint64_t chosen) {
  const auto n = static_cast<double>(all), k = static_cast<double>(chosen);
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// The two bounds of Wilson's interval are centre ± margin.
struct Wilson {
  double centre = 0;
  double margin = 0;
};
Wilson wilson(std::uint64_t successes, std::uint64_t trials, double deviations) {
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double square = deviations * deviations;
  const double scale = 1 + square / n;
  return {(share + square / (2 * n)) / scale,
          deviations / scale * std::sqrt(share * (1 - share) / n + square / (4 * n * n))};
}

/// ln Σ exp(values) / count, without leaving the range of doubles.
template <std::size_t kCount>
double log_mean(const std::array<double, kCount>& values) {
  const double largest = std::ranges::max(values);
  double sum = 0;
  for (const double value : values) sum += std::exp(value - largest);
  return largest + std::log(sum / static_cast<double>(kCount));
}

constexpr std::array kMarkedShares = {0.05, 0.2, 0.5, 0.8, 0.95};

}  // namespace

double wilson_low(std::uint64_t successes, std::uint64_t trials, double deviations) {
  if (trials == 0) return 0;
  const auto interval = wilson(successes, trials, deviations);
  return std::max(0.0, interval.centre - interval.margin);
}

double wilson_high(std::uint64_t successes, std::uint64_t trials, double deviations) {
  if (trials == 0) return 1;
  const auto interval = wilson(successes, trials, deviations);
  return std::min(1.0, interval.centre + interval.margin);
}

double log_hypergeometric_tail(std::uint64_t all, std::uint64_t good, std::uint64_t drawn,
                               std::uint64_t least) {
  CHECK(good <= all && drawn <= all);
  const auto most = std::min(good, drawn);
  const auto fewest = drawn > all - good ? drawn - (all - good) : 0;
  if (least <= fewest) return 0;
  if (least > most) return -HUGE_VAL;
  // From the first term on, each by its ratio to the one before: beyond the mean they only fall.
  const double first =
      log_choose(good, least) + log_choose(all - good, drawn - least) - log_choose(all, drawn);
  double sum = 1, term = 1;
  for (auto k = least; k < most; ++k) {
    term *= static_cast<double>(good - k) * static_cast<double>(drawn - k) /
            (static_cast<double>(k + 1) * static_cast<double>(all - good - drawn + k + 1));
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return std::min(0.0, first + std::log(sum));
}

Enrichment enrichment_of(const Overlap& overlap) {
  CHECK(overlap.both <= overlap.clients && overlap.both <= overlap.marked);
  CHECK(overlap.clients <= overlap.hosts && overlap.marked <= overlap.hosts);
  Enrichment result;
  if (overlap.clients == 0 || overlap.marked == 0) return result;
  constexpr double kOneSided95 = 1.645;
  result.log_chance =
      log_hypergeometric_tail(overlap.hosts, overlap.marked, overlap.clients, overlap.both);
  result.share_low = wilson_low(overlap.both, overlap.clients, kOneSided95);
  // Laplace's rule of succession: a share that no count of hosts makes zero or one.
  const double share =
      (static_cast<double>(overlap.marked) + 1) / (static_cast<double>(overlap.hosts) + 2);
  result.lift = result.share_low / share;
  const auto marked = static_cast<double>(overlap.both);
  const auto others = static_cast<double>(overlap.clients - overlap.both);
  std::array<double, kMarkedShares.size()> ratios{};
  std::ranges::transform(kMarkedShares, ratios.begin(), [&](double bots) {
    return marked * std::log(bots / share) + others * std::log((1 - bots) / (1 - share));
  });
  result.log_likelihood_ratio = std::max(-kMostOfNone, log_mean(ratios));
  return result;
}

}  // namespace noroshi
