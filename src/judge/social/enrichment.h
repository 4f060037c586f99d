#pragma once

#include <cstdint>

namespace noroshi {

/// Hosts that something is known of ("marked": sighted by a sensor, clients of a convicted server),
/// in the whole view and among the clients of one server. Clients are those that conversed with the
/// server: that sent and were answered.
struct Overlap {
  std::uint64_t hosts = 0;    ///< watched hosts in view
  std::uint64_t marked = 0;   ///< of those
  std::uint64_t clients = 0;  ///< of the server
  std::uint64_t both = 0;     ///< of the clients that are marked
};

/// How much more often a server's clients are marked than chance brings about.
struct Enrichment {
  /// P(at least so many marked clients), were the clients drawn from the hosts without looking: the
  /// hypergeometric tail, exact, in natural logarithm.
  double log_chance = 0;
  double share_low = 0;  ///< Wilson's lower bound (95 %, one-sided) of the share that is marked
  double lift = 0;       ///< share_low against the share of all hosts; 0 where no host is marked
  /// ln P(seen | C&C) / P(seen | not). Of the bots of a C&C server an unknown share is marked: 5,
  /// 20, 50, 80 and 95 in a hundred are taken to be equally likely. At most kMostOfNone against.
  double log_likelihood_ratio = 0;
};

[[nodiscard]] Enrichment enrichment_of(const Overlap& overlap);

/// That no client is marked, where one in twenty bots may be, says next to nothing.
inline constexpr double kMostOfNone = 0.7;

/// Wilson's score interval, lower bound: `successes` of `trials`, `deviations` of the normal
/// distribution (1.645: 95 % one-sided). 0 for no trials. (E. B. Wilson, JASA 22, 1927.)
[[nodiscard]] double wilson_low(std::uint64_t successes, std::uint64_t trials, double deviations);
[[nodiscard]] double wilson_high(std::uint64_t successes, std::uint64_t trials, double deviations);

/// ln P(X ≥ least) of the hypergeometric distribution: `drawn` of `all` without replacement, of
/// which `good` are good.
[[nodiscard]] double log_hypergeometric_tail(std::uint64_t all, std::uint64_t good,
                                             std::uint64_t drawn, std::uint64_t least);

}  // namespace noroshi
