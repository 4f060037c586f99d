#include "judge/temporal/spectrum.h"

#include <kiss_fftr.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

namespace noroshi {
namespace {

/// Neighbours on each side that say how strong noise is there, and those skipped on each side of a
/// frequency because a line leaks into them.
constexpr std::size_t kNeighbours = 48;
constexpr std::size_t kLeakage = 2;
/// A period must be seen this often before it is one.
constexpr std::size_t kLeastCycles = 6;
constexpr std::size_t kLeastBins = 256;

struct FreeFft {
  void operator()(kiss_fftr_cfg plan) const { std::free(plan); }
};

/// |F_k|² of the counts with their mean taken away, k = 0 … n/2.
std::vector<double> powers_of(const std::vector<float>& counts) {
  const auto size = static_cast<int>(counts.size());
  const std::unique_ptr<kiss_fftr_state, FreeFft> plan(kiss_fftr_alloc(size, 0, nullptr, nullptr));
  if (!plan) return {};
  std::vector<kiss_fft_cpx> transform(counts.size() / 2 + 1);
  kiss_fftr(plan.get(), counts.data(), transform.data());
  std::vector<double> powers(transform.size());
  std::ranges::transform(transform, powers.begin(), [](const kiss_fft_cpx& value) {
    return static_cast<double>(value.r) * value.r + static_cast<double>(value.i) * value.i;
  });
  return powers;
}

}  // namespace

SpectralLine strongest_line(std::span<const std::uint64_t> times) {
  SpectralLine line;
  if (times.size() < kLeastSpectralEvents || times.back() <= times.front()) return line;
  const double span = static_cast<double>(times.back() - times.front()) / 1000.0;
  const double bin = std::max(1.0, span / static_cast<double>(kMostBins - 2));
  const auto needed = static_cast<std::size_t>(span / bin) + 1;
  if (needed < kLeastBins) return line;
  const auto size =
      static_cast<std::size_t>(kiss_fft_next_fast_size(static_cast<int>((needed + 1) / 2))) * 2;
  std::vector<float> counts(size, 0.0F);
  for (const auto time : times) {
    const double seconds = static_cast<double>(time - times.front()) / 1000.0;
    counts[std::min(static_cast<std::size_t>(seconds / bin), size - 1)] += 1.0F;
  }
  const auto mean = static_cast<float>(times.size()) / static_cast<float>(needed);
  for (std::size_t index = 0; index < needed; ++index) counts[index] -= mean;

  const auto powers = powers_of(counts);
  if (powers.size() <= kLeastCycles + 2 * kNeighbours) return line;
  line.valid = true;
  const std::size_t last =
      powers.size() - 2;  // the highest frequency is real: it follows no F(2, ·)
  line.frequencies = last - kLeastCycles + 1;
  std::vector<double> running(powers.size() + 1, 0.0);
  for (std::size_t index = 0; index < powers.size(); ++index)
    running[index + 1] = running[index] + powers[index];
  std::vector<double> log_chances(powers.size(), 0.0);
  for (std::size_t k = kLeastCycles; k <= last; ++k) {
    const auto begin = std::max(k > kNeighbours ? k - kNeighbours : 1, std::size_t{1});
    const auto end = std::min(k + kNeighbours, last) + 1;
    const auto skip_begin = std::max(begin, k - kLeakage);
    const auto skip_end = std::min(end, k + kLeakage + 1);
    const double others = running[end] - running[begin] - (running[skip_end] - running[skip_begin]);
    const auto m = static_cast<double>(end - begin - (skip_end - skip_begin));
    if (others > 0) log_chances[k] = -m * std::log1p(powers[k] / others);
  }
  const auto strongest = std::ranges::min_element(log_chances);
  // A train of short pulses is as strong at every multiple of its frequency: the lowest of the
  // lines that are about as sure is the one to name, at its own summit.
  auto named =
      std::ranges::find_if(log_chances, [&](double chance) { return chance <= *strongest / 2; });
  named = std::min_element(
      named, named + std::min<std::ptrdiff_t>(kLeakage + 1, log_chances.end() - named));
  line.period = static_cast<double>(size) * bin / static_cast<double>(named - log_chances.begin());
  const double least = std::exp(*strongest);
  // 1 − (1 − p)^M without losing small p.
  line.false_alarm = -std::expm1(static_cast<double>(line.frequencies) * std::log1p(-least));
  return line;
}

}  // namespace noroshi
