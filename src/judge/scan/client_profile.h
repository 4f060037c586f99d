#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "judge/scan/attacks.h"

namespace noroshi {

/// How one host inside behaves, whatever it calls.
struct ClientProfile {
  std::vector<Attack> attacks;
  std::set<std::pair<Protocol, Port>> scan_ports;
  std::set<std::pair<IpAddress, Protocol>> scanned_hosts;
  std::set<Endpoint> victims;
  std::uint64_t peers = 0;  ///< distinct endpoints on unregistered high ports
  std::set<std::uint16_t> peer_ports;

  /// Is the endpoint one of those that a scan of this host walks over?
  [[nodiscard]] bool scans(const Endpoint& server) const {
    return scan_ports.contains({server.protocol, server.port}) ||
           scanned_hosts.contains({server.address, server.protocol});
  }
};

/// All hosts inside that call anybody, and what came from outside beside them.
struct ClientProfiles {
  std::unordered_map<IpAddress, ClientProfile> profiles;
  std::uint64_t local_clients = 0;
  std::uint64_t attacking_clients = 0;  ///< of those
  std::uint64_t incoming_contacts = 0;  ///< calls from outside to a server inside
  std::uint64_t outside_scanners = 0;
};

/// A call that a local host made to an address at which somebody can run a server.
[[nodiscard]] bool is_call_from_inside(const Contact& contact, const ContactFacts& facts);

/// `facts` are parallel to summary.contacts, `activity_services` to summary.port_activity.
[[nodiscard]] ClientProfiles profile_clients(const ContactSummary& summary,
                                             std::span<const ContactFacts> facts,
                                             std::span<const KnownService> activity_services,
                                             const View& view);

}  // namespace noroshi
