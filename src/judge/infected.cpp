#include "judge/infected.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace noroshi {

std::vector<InfectedHost> infected_hosts(std::span<const Verdict> verdicts,
                                         std::span<const Contact> contacts,
                                         std::span<const ContactFacts> facts,
                                         const ClientProfiles& profiles) {
  std::map<IpAddress, InfectedHost> hosts;
  const auto host = [&](const IpAddress& address) -> InfectedHost& {
    auto& one = hosts[address];
    one.address = address;
    return one;
  };
  std::unordered_set<Endpoint> convicted;
  for (const auto& verdict : verdicts)
    if (verdict.tier != Tier::kC) convicted.insert(verdict.server);
  std::unordered_set<IpAddress> calls_server;
  for (std::size_t index = 0; index < contacts.size(); ++index) {
    const auto& one = contacts[index];
    if (!is_call_from_inside(one, facts[index]) || !convicted.contains(one.server)) continue;
    calls_server.insert(one.client);
    host(one.client)
        .findings.push_back({.reason = InfectionReason::kCallsServer,
                             .target = one.server,
                             .count = one.connections,
                             .first = one.first,
                             .last = one.last});
  }
  for (const auto& [client, profile] : profiles.profiles)
    for (const auto& attack : profile.attacks)
      host(client).findings.push_back({.reason = attack.reason,
                                       .target = attack.target,
                                       .count = attack.count,
                                       .first = attack.first,
                                       .last = attack.last});
  for (const auto& [client, profile] : profiles.profiles)
    if (profile.is_peer_node() && !calls_server.contains(client))
      host(client).findings.push_back({.reason = InfectionReason::kPeerNode,
                                       .target = {IpAddress(), Port{}, kUdp},
                                       .count = profile.datagram_peers,
                                       .first = profile.first_datagram,
                                       .last = profile.last_datagram});
  std::vector<InfectedHost> infected;
  for (auto& [address, one] : hosts) {
    std::ranges::stable_sort(one.findings, [](const auto& a, const auto& b) {
      return std::tuple(b.reason, b.count) < std::tuple(a.reason, a.count);
    });
    infected.push_back(std::move(one));
  }
  std::ranges::stable_sort(infected, std::ranges::greater{},
                           [](const InfectedHost& one) { return one.findings.size(); });
  return infected;
}

}  // namespace noroshi
