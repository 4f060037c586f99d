#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace noroshi {

/// The strongest line in the spectra of a server's clients, added up.
struct ServerLine {
  bool valid = false;          ///< false: too few clients or events to say anything
  double period = 0;           ///< seconds
  std::size_t clients = 0;     ///< whose spectra were added
  std::size_t events = 0;      ///< of theirs
  double power = 0;            ///< of the line, where noise has `clients` on average
  double deviations = 0;       ///< (power − clients) / √clients
  double false_alarm = 1;      ///< probability that a line so strong appears anywhere by chance
  double surrogate_share = 1;  ///< of surrogates at least as strong at this frequency; least 1/200
};

/// Looks for one period that a server's clients have in common, each with a phase of its own, in so
/// few events of each that none shows it alone: what is left of keep-alives at 1:1,000.
///
/// `clients` holds the ascending event times (ms) of each client; whoever has fewer than
/// kLeastEventsOfAClient is left out, and of more than kMostClientsAdded those with the most events
/// count. Events within a second of one another are one. Periods of 10 s to an hour are looked at.
///
/// The normalised power of B clients, S_k = Σ |F_k|² / n, follows Gamma(B, 1) where no client has
/// that frequency; each client's is divided by the mean of its neighbours where that is above 1, so
/// that habits of the day raise no alarm. The strongest of M frequencies has the false alarm
/// 1 − (1 − Q(B, max S))^M (reference §7, "Temporal stage"). Surrogates check that: the same
/// events, each shifted by up to a period at random, keep every habit and lose the period. `seed`
/// is theirs.
///
/// Sleep jitter of 30 % and more hides a period from it, as from every spectrum. Known false
/// positives: whatever polls; exporters' timeouts, which the caller knows.
[[nodiscard]] ServerLine strongest_common_line(std::span<const std::vector<std::uint64_t>> clients,
                                               std::uint64_t seed);

inline constexpr std::size_t kLeastClientsOfALine = 5;
inline constexpr std::size_t kLeastEventsOfAClient = 2;
inline constexpr std::size_t kMostClientsAdded = 64;
inline constexpr std::size_t kMostEventsAdded = 512;  ///< of one client, evenly chosen

/// ln Q(shape, x): the probability that Gamma(shape, 1) exceeds x; shape at least 1.
[[nodiscard]] double log_gamma_tail(std::size_t shape, double x);

}  // namespace noroshi
