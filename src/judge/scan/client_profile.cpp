#include "judge/scan/client_profile.h"

#include <algorithm>
#include <unordered_set>

namespace noroshi {
namespace {

/// A few datagrams, as a DHT asks and answers; a file, a call or a game takes many more.
bool asks_little(const Contact& contact) {
  constexpr std::uint64_t kMostFlows = 100;
  constexpr std::uint64_t kMostPacketsAFlow = 4;
  return contact.server.protocol == kUdp && contact.flows <= kMostFlows &&
         contact.packets_up <= contact.flows * kMostPacketsAFlow;
}

}  // namespace

bool is_call_from_inside(const Contact& contact, const ContactFacts& facts) {
  return facts.client_is_local && facts.server_can_serve && contact.connections > 0;
}

ClientProfiles profile_clients(const ContactSummary& summary, std::span<const ContactFacts> facts,
                               std::span<const KnownService> activity_services, const View& view) {
  ClientProfiles result;
  std::unordered_set<IpAddress> local;
  for (std::size_t index = 0; index < summary.contacts.size(); ++index) {
    const auto& contact = summary.contacts[index];
    if (!facts[index].client_is_local) {
      if (facts[index].server_is_local && contact.connections > 0) ++result.incoming_contacts;
      continue;
    }
    local.insert(contact.client);
    if (!is_call_from_inside(contact, facts[index])) continue;
    auto& profile = result.profiles[contact.client];
    if (is_flood(contact, view)) {
      profile.victims.insert(contact.server);
      profile.attacks.push_back({.client = contact.client,
                                 .reason = InfectionReason::kFlood,
                                 .target = contact.server,
                                 .count = std::max(contact.packets_up, contact.flows),
                                 .first = contact.first,
                                 .last = contact.last});
    }
    constexpr std::uint16_t kFirstUserPort = 1024;
    if (facts[index].service.name.empty() && contact.server.port.value >= kFirstUserPort) {
      ++profile.peers;
      profile.peer_ports.insert(contact.server.port.value);
      if (asks_little(contact)) {
        profile.first_datagram = profile.datagram_peers == 0
                                     ? contact.first
                                     : std::min(profile.first_datagram, contact.first);
        profile.last_datagram = std::max(profile.last_datagram, contact.last);
        ++profile.datagram_peers;
        profile.datagram_peer_ports.insert(contact.server.port.value);
      }
    }
  }
  result.local_clients = local.size();
  std::unordered_set<IpAddress> outside;
  for (auto& attack : find_scans(summary, view, facts, activity_services)) {
    if (!local.contains(attack.client)) {
      outside.insert(attack.client);
      continue;
    }
    auto& profile = result.profiles[attack.client];
    if (attack.target.address.is_none())
      profile.scan_ports.emplace(attack.target.protocol, attack.target.port);
    else
      profile.scanned_hosts.emplace(attack.target.address, attack.target.protocol);
    profile.attacks.push_back(std::move(attack));
  }
  result.outside_scanners = outside.size();
  result.attacking_clients = static_cast<std::uint64_t>(std::ranges::count_if(
      result.profiles, [](const auto& entry) { return !entry.second.attacks.empty(); }));
  return result;
}

}  // namespace noroshi
