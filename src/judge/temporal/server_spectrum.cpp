#include "judge/temporal/server_spectrum.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "base/check.h"
#include "judge/temporal/intervals.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kBurst = 1000;
constexpr double kShortestPeriod = 10;
constexpr double kLongestPeriod = 3600;
/// Frequencies lie half a resolution apart, so that a line between two loses a fifth and not all.
constexpr double kOversampling = 2;
constexpr std::size_t kMostFrequencies = 131'072;
/// On each side of a frequency: those that say how strong noise is there, and those that a line
/// leaks into.
constexpr std::size_t kNeighbours = 48 * 2;
constexpr std::size_t kLeakage = 2 * 2;
/// A period must fit so often into the time that was seen.
constexpr double kLeastCycles = 6;
constexpr int kSurrogates = 199;
/// Below this, surrogates have nothing to refute.
constexpr double kWorthChecking = 0.01;

using Seconds = std::vector<double>;

/// The clients that can say something, in seconds since the first event of all.
std::vector<Seconds> usable(std::span<const std::vector<std::uint64_t>> clients) {
  std::vector<std::vector<std::uint64_t>> starts;
  for (const auto& times : clients) {
    auto single = burst_starts(times, kBurst);
    if (single.size() >= kLeastEventsOfAClient) starts.push_back(std::move(single));
  }
  std::ranges::stable_sort(starts, std::ranges::greater{},
                           [](const auto& one) { return one.size(); });
  if (starts.size() > kMostClientsAdded) starts.resize(kMostClientsAdded);
  std::uint64_t first = ~std::uint64_t{0};
  for (const auto& one : starts) first = std::min(first, one.front());
  std::vector<Seconds> result;
  for (const auto& one : starts) {
    Seconds seconds;
    const std::size_t step = (one.size() + kMostEventsAdded - 1) / kMostEventsAdded;
    for (std::size_t index = 0; index < one.size(); index += step)
      seconds.push_back(static_cast<double>(one[index] - first) / 1000);
    result.push_back(std::move(seconds));
  }
  return result;
}

/// |Σ exp(−i·2π·f·t)|² / n at the frequencies lowest + k·step, k = 0 … size − 1.
std::vector<double> powers_of(const Seconds& times, double lowest, double step, std::size_t size) {
  std::vector<std::complex<double>> sums(size);
  for (const double time : times) {
    const auto turn = [&](double frequency) {
      return std::polar(1.0, -2 * std::numbers::pi * std::fmod(frequency * time, 1.0));
    };
    auto value = turn(lowest);
    const auto rotation = turn(step);
    for (auto& sum : sums) {
      sum += value;
      // Written out: std::complex multiplication checks for infinities that cannot be here.
      value = {value.real() * rotation.real() - value.imag() * rotation.imag(),
               value.real() * rotation.imag() + value.imag() * rotation.real()};
    }
  }
  std::vector<double> powers(size);
  std::ranges::transform(sums, powers.begin(), [&](const std::complex<double>& sum) {
    return std::norm(sum) / static_cast<double>(times.size());
  });
  return powers;
}

/// Adds a client's powers, each divided by the mean of its neighbours where that is above noise.
void add_levelled(const std::vector<double>& powers, std::vector<double>& sum) {
  std::vector<double> running(powers.size() + 1, 0.0);
  for (std::size_t k = 0; k < powers.size(); ++k) running[k + 1] = running[k] + powers[k];
  for (std::size_t k = 0; k < powers.size(); ++k) {
    const auto begin = k > kNeighbours ? k - kNeighbours : 0;
    const auto end = std::min(k + kNeighbours + 1, powers.size());
    const auto skip_begin = k > kLeakage ? k - kLeakage : 0;
    const auto skip_end = std::min(k + kLeakage + 1, powers.size());
    const auto others = static_cast<double>((end - begin) - (skip_end - skip_begin));
    const double total = running[end] - running[begin] - (running[skip_end] - running[skip_begin]);
    const double level = others > 0 ? total / others : 1;
    sum[k] += powers[k] / std::max(1.0, level);
  }
}

/// A train of short pulses is as strong at every multiple of its frequency: the lowest of the lines
/// that are about as sure is the one to name, at its own summit.
std::vector<double>::const_iterator fundamental(const std::vector<double>& sum, std::size_t clients,
                                                double log_chance) {
  auto named = std::ranges::find_if(sum, [&](double power) {
    return power > static_cast<double>(clients) && log_gamma_tail(clients, power) <= log_chance / 2;
  });
  if (named == sum.end()) return std::ranges::max_element(sum);
  return std::max_element(named, named + std::min<std::ptrdiff_t>(kLeakage + 1, sum.end() - named));
}

double power_at(const std::vector<Seconds>& clients, double frequency) {
  double sum = 0;
  for (const auto& times : clients) sum += powers_of(times, frequency, 0, 1).front();
  return sum;
}

double share_of_surrogates(const std::vector<Seconds>& clients, double frequency,
                           std::uint64_t seed) {
  const double power = power_at(clients, frequency);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> shift(-1 / frequency, 1 / frequency);
  int as_strong = 0;
  auto shifted = clients;
  for (int round = 0; round < kSurrogates; ++round) {
    for (std::size_t client = 0; client < clients.size(); ++client)
      std::ranges::transform(clients[client], shifted[client].begin(),
                             [&](double time) { return time + shift(random); });
    as_strong += power_at(shifted, frequency) >= power ? 1 : 0;
  }
  return (as_strong + 1.0) / (kSurrogates + 1.0);
}

}  // namespace

double log_gamma_tail(std::size_t shape, double x) {
  CHECK(shape > 0);
  if (x <= 0) return 0;
  // e^−x · Σ xⁱ / i!, i < shape, each term against the largest: neither factor need be a number.
  std::vector<double> terms{0};
  for (std::size_t i = 1; i < shape; ++i)
    terms.push_back(terms.back() + std::log(x) - std::log(static_cast<double>(i)));
  const double largest = std::ranges::max(terms);
  double sum = 0;
  for (const double term : terms) sum += std::exp(term - largest);
  return std::min(0.0, -x + largest + std::log(sum));
}

ServerLine strongest_common_line(std::span<const std::vector<std::uint64_t>> clients,
                                 std::uint64_t seed) {
  ServerLine line;
  const auto series = usable(clients);
  line.clients = series.size();
  double span = 0;
  for (const auto& one : series) {
    line.events += one.size();
    span = std::max(span, one.back());
  }
  if (series.size() < kLeastClientsOfALine) return line;
  const double lowest = std::max(1 / kLongestPeriod, kLeastCycles / std::max(span, 1.0));
  const double highest = 1 / kShortestPeriod;
  if (lowest >= highest) return line;
  const double step = std::max(1 / (span * kOversampling),
                               (highest - lowest) / static_cast<double>(kMostFrequencies - 1));
  const auto size = static_cast<std::size_t>((highest - lowest) / step) + 1;

  std::vector<double> sum(size, 0.0);
  for (const auto& one : series) add_levelled(powers_of(one, lowest, step, size), sum);
  const auto strongest = std::ranges::max_element(sum);
  const double log_chance = log_gamma_tail(series.size(), *strongest);
  const double frequency =
      lowest +
      step * static_cast<double>(fundamental(sum, series.size(), log_chance) - sum.begin());
  const auto added = static_cast<double>(series.size());
  line.valid = true;
  line.period = 1 / frequency;
  line.power = *strongest;
  line.deviations = (line.power - added) / std::sqrt(added);
  line.false_alarm =
      log_chance >= 0 ? 1
                      : -std::expm1(static_cast<double>(size) * std::log1p(-std::exp(log_chance)));
  if (line.false_alarm < kWorthChecking)
    line.surrogate_share = share_of_surrogates(series, frequency, seed);
  return line;
}

}  // namespace noroshi
