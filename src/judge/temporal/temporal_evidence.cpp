#include "judge/temporal/temporal_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "judge/temporal/clock_strength.h"
#include "judge/temporal/cut_connections.h"
#include "judge/temporal/intervals.h"
#include "judge/temporal/spectrum.h"

namespace noroshi {
namespace {

/// Connections opened within a second of one another are one decision of the client's program.
constexpr std::uint64_t kBurst = 1000;
constexpr std::size_t kLeastIntervals = 6;
constexpr std::uint32_t kCoarsestForIntervals = 10;
constexpr std::uint32_t kCoarsestForSpectrum = 100;
/// A Poisson process scores 0.52; what is not clearly above that says nothing.
constexpr double kScoreOfChance = 0.62;
constexpr double kScoreOfClock = 0.95;
/// Standard error of the score about its mean for irregular series (measured over Poisson series:
/// 0.5 / √n), taken off at 90 % confidence, so that six regular-looking intervals stay weak.
constexpr double kScoreError = 0.5 * 1.28;
/// Of pieces at 99 %: people hold many idle connections, and the exporter made most of their times.
constexpr double kScoreErrorOfPieces = 0.5 * 2.33;
/// Intervals that spread less about their median are a clock's, whatever cut the connection: random
/// pauses beyond an idle timeout I have means of I / 4 or more, for shorter ones hardly ever reach
/// it.
constexpr double kSpreadOfClock = 0.1;

Evidence evidence_of(std::string_view code, double statistic, double llr, double period,
                     std::size_t events) {
  return {.group = EvidenceGroup::kTemporal,
          .code = code,
          .statistic = statistic,
          .log_likelihood_ratio = llr,
          .arguments = {{"period", print_seconds(period)}, {"events", fmt::format("{}", events)}}};
}

}  // namespace

TemporalFinding temporal_evidence(const Contact& contact, const View& view) {
  const auto sampling = view.sampling_of(contact);
  if (sampling == View::kUnknown) return {{}, "sampling_unknown"};
  if (sampling > kCoarsestForSpectrum) return {{}, "sampling_too_coarse"};
  std::vector<std::uint64_t> times;
  times.reserve(contact.events.size() + contact.reservoir.size());
  for (const auto& event : contact.events) times.push_back(event.time);
  const auto cuts = cuts_of(contact.events);
  const bool cut = cuts.pieces * 2 >= contact.events.size();
  const auto consecutive = burst_starts(times, kBurst);
  if (consecutive.size() <= kLeastIntervals) return {{}, "too_few_events"};

  if (cut && cuts.after_longer * 3 > cuts.pieces) return {{}, "exporter_timeout"};

  double best = 0;
  TemporalFinding finding;
  double period = 0;
  if (sampling <= kCoarsestForIntervals) {
    auto intervals = interval_statistics(consecutive);
    double error = kScoreError;
    // All pauses are longer than the idle timeout, which makes them more alike than they are.
    if (cut && intervals.dispersion_score < 1 - kSpreadOfClock) {
      intervals = interval_statistics(consecutive, cuts.shortest_pause);
      error = kScoreErrorOfPieces;
    }
    const double sure =
        intervals.score - error / std::sqrt(static_cast<double>(intervals.intervals));
    best = kMostOfTiming *
           std::clamp((sure - kScoreOfChance) / (kScoreOfClock - kScoreOfChance), 0.0, 1.0);
    period = intervals.median;
    if (best > 0)
      finding.evidence = {
          evidence_of("regular_intervals", intervals.score, best, period, consecutive.size())};
  }
  times.insert(times.end(), contact.reservoir.begin(), contact.reservoir.end());
  std::ranges::sort(times);
  const auto line = strongest_line(burst_starts(times, kBurst));
  if (line.valid) {
    const double strength = strength_of_line(line.false_alarm);
    if (strength > best) {
      best = strength;
      period = line.period;
      finding.evidence = {
          evidence_of("spectral_line", line.false_alarm, best, period, times.size())};
    }
  }
  if (best > 0 && cut && at_a_timeout(period, view)) return {{}, "exporter_timeout"};
  return finding;
}

}  // namespace noroshi
