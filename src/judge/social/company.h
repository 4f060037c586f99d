#pragma once

#include <cstdint>
#include <optional>

#include "model/evidence.h"

namespace noroshi {

/// How many hosts attack, among a server's clients and in the whole view.
struct Company {
  std::uint64_t clients = 0;            ///< of the server
  std::uint64_t attacking_clients = 0;  ///< of those, that scan or flood and keep calling it
  std::uint64_t hosts = 0;              ///< watched hosts in view
  std::uint64_t attacking_hosts = 0;    ///< of those
};

/// Do a server's clients belong, more than chance allows, to the hosts that attack?
///
/// A likelihood ratio of k attackers among n clients. If the server is an ordinary one, its clients
/// attack as often as all hosts do. If it commands, half of the botnets in view are taken to be
/// attacking in the window, and half of their bots to be seen at it; the other half of the botnets
/// wait, and their bots look like everybody. So many clients that attack speak for a server as far
/// as they are out of proportion, one among many speaks a little against it (ln ½ at most), and no
/// attacker at all says nothing. There is no fixed count of clients or of windows.
///
/// Known false positives: a service that only the infected devices of one maker call; a host that
/// attackers use beside their work.
[[nodiscard]] std::optional<Evidence> company_evidence(const Company& company);

}  // namespace noroshi
