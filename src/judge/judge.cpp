#include "judge/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "judge/behaviour/behaviour_evidence.h"
#include "judge/fuse/fusion.h"
#include "judge/scan/attacks.h"
#include "judge/social/company.h"
#include "judge/temporal/temporal_evidence.h"

namespace noroshi {
namespace {

/// DESIGN "Candidates": below this many local clients, prevalence and social evidence are none.
constexpr std::uint64_t kClientsForPrevalence = 50;
/// However few servers an attacking host has, one in ten commands it: ln 100.
constexpr double kMostForAttacks = 4.6;
/// Polling and quiet open connections are what usual services do all day: there, such evidence is
/// worth half.
constexpr double kAtSoftServices = 0.5;

/// What being a known service says. Hard: whoever suppresses must outweigh all that one host's
/// behaviour can show. Soft: most of what a host calls is of these kinds, little of C&C is.
double log_ratio_of(ServiceWeight weight) {
  switch (weight) {
    case ServiceWeight::kHard:
      return -8;
    case ServiceWeight::kSoft:
      return -2;
    case ServiceWeight::kNone:
      return 0;
  }
  return 0;
}

/// How the hosts inside behave, whatever they call.
struct ClientProfile {
  std::vector<Attack> attacks;
  std::set<std::pair<Protocol, Port>> scan_ports;
  std::set<std::pair<IpAddress, Protocol>> scanned_hosts;
  std::set<Endpoint> victims;
  /// How many servers it keeps calling, each by how far it may command: usual services count as
  /// little as they are softened, suppressed ones not at all.
  double kept = 0;
  std::uint64_t peers = 0;  ///< distinct endpoints on unregistered high ports
  std::set<std::uint16_t> peer_ports;
};

/// A server and the contacts that local hosts have with it.
struct Candidate {
  Endpoint server;
  std::vector<std::size_t> contacts;
};

class Bench {
 public:
  explicit Bench(const JudgeInput& input) : input_(input) {
    CHECK(input.facts.size() == input.summary.contacts.size());
    CHECK(input.activity_services.size() == input.summary.port_activity.size());
    result_.view = view_of(input.summary);
  }

  Judgement hold() {
    find_attackers();
    for (const auto& candidate : candidates()) result_.verdicts.push_back(verdict_on(candidate));
    share_between_ports();
    for (auto& verdict : result_.verdicts) settle(verdict);
    std::ranges::sort(result_.verdicts, [](const Verdict& a, const Verdict& b) {
      return std::tuple(-a.probability, b.connections, a.server) <
             std::tuple(-b.probability, a.connections, b.server);
    });
    list_infected();
    return std::move(result_);
  }

 private:
  const Contact& contact(std::size_t index) const { return input_.summary.contacts[index]; }
  const ContactFacts& facts(std::size_t index) const { return input_.facts[index]; }

  bool is_call_from_inside(std::size_t index) const {
    return facts(index).client_is_local && facts(index).server_can_serve &&
           contact(index).connections > 0;
  }

  void find_attackers() {
    std::unordered_set<IpAddress> local;
    for (std::size_t index = 0; index < input_.summary.contacts.size(); ++index) {
      const auto& one = contact(index);
      if (!facts(index).client_is_local) {
        if (facts(index).server_is_local && one.connections > 0) ++result_.incoming_contacts;
        continue;
      }
      local.insert(one.client);
      if (!is_call_from_inside(index)) continue;
      auto& profile = profiles_[one.client];
      if (is_flood(one, result_.view)) {
        profile.victims.insert(one.server);
        profile.attacks.push_back({.client = one.client,
                                   .reason = InfectionReason::kFlood,
                                   .target = one.server,
                                   .count = std::max(one.packets_up, one.flows),
                                   .first = one.first,
                                   .last = one.last});
      }
      if (is_sustained(one)) profile.kept += std::exp(log_ratio_of(facts(index).service.weight));
      if (facts(index).service.name.empty() && one.server.port.value >= 1024) {
        ++profile.peers;
        profile.peer_ports.insert(one.server.port.value);
      }
    }
    result_.local_clients = local.size();
    std::unordered_set<IpAddress> outside;
    for (auto& attack :
         find_scans(input_.summary, result_.view, input_.facts, input_.activity_services)) {
      if (!local.contains(attack.client)) {
        outside.insert(attack.client);
        continue;
      }
      auto& profile = profiles_[attack.client];
      if (attack.target.address.is_none())
        profile.scan_ports.emplace(attack.target.protocol, attack.target.port);
      else
        profile.scanned_hosts.emplace(attack.target.address, attack.target.protocol);
      profile.attacks.push_back(std::move(attack));
    }
    result_.outside_scanners = outside.size();
    attacking_hosts_ = static_cast<std::uint64_t>(std::ranges::count_if(
        profiles_, [](const auto& entry) { return !entry.second.attacks.empty(); }));
  }

  bool has_many_clients() const { return result_.local_clients >= kClientsForPrevalence; }

  bool is_scan_target(std::size_t index) const {
    const auto& one = contact(index);
    const auto found = profiles_.find(one.client);
    if (found == profiles_.end()) return false;
    return found->second.scan_ports.contains({one.server.protocol, one.server.port}) ||
           found->second.scanned_hosts.contains({one.server.address, one.server.protocol});
  }

  /// The one it attacks does not command it.
  bool keeps_calling_and_attacks(std::size_t index) const {
    const auto& profile = profiles_.at(contact(index).client);
    return !profile.attacks.empty() && is_sustained(contact(index)) &&
           !profile.victims.contains(contact(index).server);
  }

  /// Contacts are sorted by server: equal neighbours make one candidate.
  std::vector<Candidate> candidates() {
    std::vector<Candidate> result;
    for (std::size_t index = 0; index < input_.summary.contacts.size(); ++index) {
      if (!is_call_from_inside(index)) continue;
      if (is_scan_target(index) && !is_sustained(contact(index))) {
        ++result_.scan_targets;
        continue;
      }
      if (result.empty() || result.back().server != contact(index).server)
        result.push_back({contact(index).server, {}});
      result.back().contacts.push_back(index);
    }
    return result;
  }

  /// What one client's dealings with the server say; `not_judged` is filled beside it.
  std::vector<Evidence> evidence_of(std::size_t index,
                                    std::vector<std::string_view>& not_judged) const {
    const auto& one = contact(index);
    const auto& fact = facts(index);
    const auto& profile = profiles_.at(one.client);
    auto temporal = temporal_evidence(one, result_.view);
    if (!temporal.not_judged.empty()) not_judged.push_back(temporal.not_judged);
    auto evidence = std::move(temporal.evidence);
    auto behaviour = behaviour_evidence(one, fact, result_.view);
    std::ranges::move(behaviour, std::back_inserter(evidence));
    if (fact.service.weight == ServiceWeight::kSoft)
      for (auto& found : evidence)
        if (found.log_likelihood_ratio > 0 && found.code != "unanswered_calls")
          found.log_likelihood_ratio *= kAtSoftServices;
    const auto add = [&](EvidenceGroup group, std::string_view code, double statistic, double llr,
                         std::vector<std::pair<std::string_view, std::string>> arguments) {
      evidence.push_back({group, code, statistic, llr, std::move(arguments)});
    };

    const bool victim = profile.victims.contains(one.server);
    if (victim) {
      const auto packets = std::max(one.packets_up, one.flows);
      add(EvidenceGroup::kBehaviour, "flood_victim", static_cast<double>(packets), -8,
          {{"packets", fmt::format("{}", packets)}});
    } else if (!has_many_clients() && !profile.attacks.empty() && is_sustained(one) &&
               fact.service.weight != ServiceWeight::kHard) {
      // An attacking host is commanded by one of the servers that it keeps calling, or, as often,
      // by one that is not in view: half of one in `kept`, against one in a thousand of all.
      const double share = 0.5 / std::max(profile.kept, 1.0);
      const double llr = std::clamp(std::log(share / kPriorProbability), 0.0, kMostForAttacks);
      add(EvidenceGroup::kBehaviour, "client_attacks", static_cast<double>(profile.attacks.size()),
          llr, {{"attacks", fmt::format("{}", profile.attacks.size())}});
    }
    if (is_scan_target(index) && one.longest < 600'000)
      add(EvidenceGroup::kBehaviour, "scan_target", one.server.port.value, -3,
          {{"port", fmt::format("{}", one.server.port.value)}});
    if (fact.service.weight != ServiceWeight::kNone)
      add(EvidenceGroup::kInfrastructure,
          fact.service.weight == ServiceWeight::kHard ? "known_service_hard" : "known_service_soft",
          1, log_ratio_of(fact.service.weight), {{"service", std::string(fact.service.name)}});
    if (fact.server_is_local) add(EvidenceGroup::kInfrastructure, "inside", 1, -1.5, {});
    constexpr std::uint64_t kManyPeers = 30;
    if (profile.peers >= kManyPeers && profile.peer_ports.size() * 2 >= kManyPeers &&
        fact.service.name.empty() && one.server.port.value >= 1024)
      add(EvidenceGroup::kBehaviour, "peer_to_peer", static_cast<double>(profile.peers), -2,
          {{"peers", fmt::format("{}", profile.peers)}});
    return evidence;
  }

  Verdict verdict_on(const Candidate& candidate) {
    Verdict verdict;
    verdict.server = candidate.server;
    double best = -1;
    Company company{.hosts = result_.local_clients, .attacking_hosts = attacking_hosts_};
    for (const auto index : candidate.contacts) {
      const auto& one = contact(index);
      ++verdict.clients;
      company.attacking_clients += keeps_calling_and_attacks(index) ? 1u : 0u;
      verdict.connections += one.connections;
      verdict.first = verdict.first == 0 ? one.first : std::min(verdict.first, one.first);
      verdict.last = std::max(verdict.last, one.last);
      // One client's dealings are judged whole: evidence of different clients is not mixed.
      std::vector<std::string_view> not_judged;
      auto evidence = evidence_of(index, not_judged);
      const auto probability = fuse(evidence).probability;
      if (probability <= best) continue;
      best = probability;
      verdict.evidence = std::move(evidence);
      verdict.not_judged = std::move(not_judged);
    }
    if (!has_many_clients()) {
      verdict.not_judged.push_back("few_clients");
    } else {
      company.clients = verdict.clients;
      if (auto evidence = company_evidence(company))
        verdict.evidence.push_back(std::move(*evidence));
      const double share =
          static_cast<double>(verdict.clients) / static_cast<double>(result_.local_clients);
      // RITA v5 lowers a score from half of the hosts on; a tenth already makes a botnet unlikely.
      if (share >= 0.1)
        verdict.evidence.push_back({EvidenceGroup::kSocial,
                                    "popular",
                                    share,
                                    share >= 0.5 ? -3.0 : -1.5,
                                    {{"share", fmt::format("{:.0f}", share * 100)}}});
    }
    if (result_.view.one_way) verdict.not_judged.push_back("one_way_view");
    verdict.probability = fuse(verdict.evidence).probability;
    return verdict;
  }

  /// Who runs one port of an address runs the others: a loader beside a command port. The weaker is
  /// raised towards the strongest, never above it.
  void share_between_ports() {
    std::map<IpAddress, std::vector<std::size_t>> by_address;
    for (std::size_t index = 0; index < result_.verdicts.size(); ++index)
      by_address[result_.verdicts[index].server.address].push_back(index);
    for (const auto& [address, indices] : by_address) {
      if (indices.size() < 2) continue;
      const auto strongest = *std::ranges::max_element(
          indices, {}, [&](std::size_t index) { return result_.verdicts[index].probability; });
      const auto& top = result_.verdicts[strongest];
      const auto odds = [](double probability) {
        return std::log(probability) - std::log1p(-probability);
      };
      // Below one in five the neighbour itself is not suspected: nothing to share.
      if (top.probability < 0.2) continue;
      for (const auto index : indices) {
        auto& verdict = result_.verdicts[index];
        const double gap = odds(top.probability) - odds(verdict.probability);
        if (index == strongest || gap <= 0 || verdict.connections == 0) continue;
        verdict.evidence.push_back({EvidenceGroup::kInfrastructure,
                                    "same_address",
                                    top.probability,
                                    std::min(gap, cap_of(EvidenceGroup::kInfrastructure)),
                                    {{"port", fmt::format("{}", top.server.port.value)}}});
      }
    }
  }

  static void settle(Verdict& verdict) {
    const auto fusion = fuse(verdict.evidence);
    verdict.probability = fusion.probability;
    verdict.tier = fusion.tier;
    // clang 14 cannot see the subrange that std::ranges::stable_partition returns.
    const auto middle =
        std::stable_partition(verdict.evidence.begin(), verdict.evidence.end(),
                              [](const Evidence& one) { return one.log_likelihood_ratio > 0; });
    verdict.counter_evidence.assign(std::make_move_iterator(middle),
                                    std::make_move_iterator(verdict.evidence.end()));
    verdict.evidence.erase(middle, verdict.evidence.end());
    std::ranges::stable_sort(verdict.evidence, std::ranges::greater{},
                             &Evidence::log_likelihood_ratio);
    std::ranges::stable_sort(verdict.counter_evidence, {}, &Evidence::log_likelihood_ratio);
    if (verdict.tier != Tier::kA) {
      verdict.would_change = {"would_indicator", "would_second_network"};
      if (std::ranges::find(verdict.not_judged, "too_few_events") != verdict.not_judged.end())
        verdict.would_change.push_back("would_longer");
    }
    if (verdict.tier != Tier::kC) verdict.would_change.push_back("would_service");
  }

  void list_infected() {
    std::map<IpAddress, InfectedHost> hosts;
    const auto host = [&](const IpAddress& address) -> InfectedHost& {
      auto& one = hosts[address];
      one.address = address;
      return one;
    };
    std::map<Endpoint, const Verdict*> convicted;
    for (const auto& verdict : result_.verdicts)
      if (verdict.tier != Tier::kC) convicted[verdict.server] = &verdict;
    for (std::size_t index = 0; index < input_.summary.contacts.size(); ++index) {
      const auto& one = contact(index);
      if (!is_call_from_inside(index) || !convicted.contains(one.server)) continue;
      host(one.client)
          .findings.push_back({.reason = InfectionReason::kCallsServer,
                               .target = one.server,
                               .count = one.connections,
                               .first = one.first,
                               .last = one.last});
    }
    for (const auto& [client, profile] : profiles_)
      for (const auto& attack : profile.attacks)
        host(client).findings.push_back({.reason = attack.reason,
                                         .target = attack.target,
                                         .count = attack.count,
                                         .first = attack.first,
                                         .last = attack.last});
    for (auto& [address, one] : hosts) {
      std::ranges::stable_sort(one.findings, [](const auto& a, const auto& b) {
        return std::tuple(b.reason, b.count) < std::tuple(a.reason, a.count);
      });
      result_.infected.push_back(std::move(one));
    }
    std::ranges::stable_sort(result_.infected, std::ranges::greater{},
                             [](const InfectedHost& one) { return one.findings.size(); });
  }

  const JudgeInput& input_;
  Judgement result_;
  std::unordered_map<IpAddress, ClientProfile> profiles_;
  std::uint64_t attacking_hosts_ = 0;
};

}  // namespace

Judgement judge(const JudgeInput& input) { return Bench(input).hold(); }

}  // namespace noroshi
