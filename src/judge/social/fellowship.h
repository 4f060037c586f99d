#pragma once

#include <optional>

#include "judge/social/enrichment.h"
#include "model/evidence.h"

namespace noroshi {

/// Are a server's clients, more than chance allows, those of servers already suspected of command?
/// Where a botnet's server moved, or has a second one, the same bots call it. One hop, in the
/// social group, and capped below what attacks count for (kMostOfFellowship).
///
/// Known false positives: the cloud of a maker most of whose devices in view are infected; what
/// bots use beside their command (a resolver, an update server of their own).
[[nodiscard]] std::optional<Evidence> clients_of_suspects(const Overlap& overlap);

/// Were a server's clients, more than chance allows, sighted elsewhere behaving as infected
/// devices: at dark addresses, by decoys, by a survey? In the sighting group.
[[nodiscard]] std::optional<Evidence> sighted_clients(const Overlap& overlap);

inline constexpr double kMostOfFellowship = 4.0;
/// Rarer than this by chance, and by more than one client, or nothing is said.
inline constexpr double kMostChanceOfFellowship = 1e-3;
inline constexpr std::uint64_t kLeastFellows = 2;

}  // namespace noroshi
