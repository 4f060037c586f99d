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
  std::uint64_t datagram_peers = 0;  ///< those of them over UDP that it exchanged little with
  std::set<std::uint16_t> datagram_peer_ports;
  std::uint64_t first_datagram = 0;  ///< to such a peer, ms since 1970 UTC
  std::uint64_t last_datagram = 0;

  /// Many endpoints at arbitrary ports: a peer-to-peer program.
  [[nodiscard]] bool is_peer() const {
    return peers >= kManyPeers && peer_ports.size() * 2 >= kManyPeers;
  }

  /// A peer-to-peer program beside attacks, where the peers are asked little each: the DHT of
  /// Hajime and Mozi (Herwig et al., NDSS 2019). What it cannot tell: a file sharer and an infected
  /// device behind one address, which looks the same.
  [[nodiscard]] bool is_peer_node() const {
    return !attacks.empty() && datagram_peers >= kManyPeers &&
           datagram_peer_ports.size() * 2 >= kManyPeers;
  }

  /// Is the endpoint one of those that a scan of this host walks over?
  [[nodiscard]] bool scans(const Endpoint& server) const {
    return scan_ports.contains({server.protocol, server.port}) ||
           scanned_hosts.contains({server.address, server.protocol});
  }

 private:
  static constexpr std::uint64_t kManyPeers = 30;
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
