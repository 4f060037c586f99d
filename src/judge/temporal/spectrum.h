#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace noroshi {

/// The strongest line in the spectrum of a series of events.
struct SpectralLine {
  bool valid = false;           ///< false: too few events or too short a span to say anything
  double period = 0;            ///< seconds
  double false_alarm = 1;       ///< probability that a line so strong appears anywhere by chance
  std::size_t frequencies = 0;  ///< how many were looked at
};

/// Looks for a periodicity in ascending event times (ms) by their periodogram.
///
/// Events are counted in bins of one second, or coarser when the span is longer than kMostBins.
/// Each frequency's power is compared with the mean power of its neighbours, so that habits of the
/// day (red noise) raise no alarm; for a Poisson process whose rate changes slowly the ratio
/// follows F(2, 2m), and the strongest of M frequencies is judged by Walker's large-sample test
/// (AsSadhan and Moura, "An efficient method to detect periodic behavior in botnet traffic by
/// analyzing control plane traffic", 2014): P = 1 − (1 − p)^M.
///
/// Keeps its power under packet sampling down to about 1:100; sleep jitter of 30 % and more hides a
/// period from it. Known false positives: NTP, polling, push keep-alives, and exporters' timeouts.
[[nodiscard]] SpectralLine strongest_line(std::span<const std::uint64_t> times);

inline constexpr std::size_t kLeastSpectralEvents = 20;
inline constexpr std::size_t kMostBins = 131'072;

}  // namespace noroshi
