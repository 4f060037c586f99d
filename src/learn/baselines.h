#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_set>

#include "model/contact.h"

namespace noroshi {

/// What a learning judge has to be better than: scores of a server by rules of others, and by rules
/// of thumb. Higher is more suspect. They stand in evaluations alone: nothing of them reaches a
/// verdict.
enum class Baseline : std::uint8_t {
  /// RITA v5's final threat score (activecm/rita): beacon score, long connections, strobes,
  /// prevalence; without DNS, names, signatures and history, which flows of one day do not hold.
  kRita,
  /// Slips' rules (stratosphereips/StratosphereLinuxIPS): periodicity letters over TCP with
  /// confidence by their number, long connections, refused reconnections, uploads. Its recurrent
  /// network is left out.
  kSlips,
  kScanners,  ///< how many of the clients scan or flood
  kFeed,      ///< what feeds say, and nothing else
  kDegree,    ///< how many clients
  /// A fixed-count rule that others hold patents on (docs/decisions/0010): clients whose SYN
  /// packets are most of what they send, and that converse with the server; without its memory of
  /// earlier windows. For comparison alone.
  kSynRatio,
  kRules,  ///< the judge's own hand-weighed evidence, fused
};
inline constexpr std::size_t kBaselines = 7;
[[nodiscard]] std::string_view to_string(Baseline baseline);

using BaselineScores = std::array<float, kBaselines>;

/// RITA's four-part beacon score of one client and server (0 to 1), events of a window of so many
/// ms from `begin` on; 0 where it does not apply (fewer than four different times).
[[nodiscard]] double rita_beacon_score(const Contact& contact, std::uint64_t begin,
                                       std::uint64_t length);
/// Of one server: `contacts` of its local clients, `hosts` local hosts in view.
[[nodiscard]] double rita_score(std::span<const Contact* const> contacts, std::uint64_t hosts,
                                std::uint64_t begin, std::uint64_t length);
[[nodiscard]] double slips_score(std::span<const Contact* const> contacts);

/// Clients most of whose packets over TCP are SYNs, as far as contacts tell: one for each
/// connection and each destination that was tried.
[[nodiscard]] std::unordered_set<IpAddress> syn_heavy_clients(const ContactSummary& summary);

}  // namespace noroshi
