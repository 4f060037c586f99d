#include "judge/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "judge/behaviour/behaviour_evidence.h"
#include "judge/classifier/learned_evidence.h"
#include "judge/fuse/fusion.h"
#include "judge/fuse/settle.h"
#include "judge/infected.h"
#include "judge/scan/client_profile.h"
#include "judge/social/company.h"
#include "judge/social/fellowship.h"
#include "judge/temporal/clock_strength.h"
#include "judge/temporal/common_line_evidence.h"
#include "judge/temporal/server_spectrum.h"
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
/// No suspect may outweigh all others so far that a second commander is out of the question.
constexpr double kMostLogWeight = 10;
/// Below this, were its clients all called by one clock, it would still be nobody's suspect.
constexpr double kWorthASpectrum = 0.2;
/// A server that more than this share of all hosts call does not mark them: they are everybody.
constexpr double kMostMarking = 0.2;

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

/// What one client's dealings with a server say, whoever the client is.
struct Opinion {
  std::size_t contact = 0;  ///< index in the summary
  std::vector<Evidence> evidence{};
  std::vector<std::string_view> not_judged{};
  bool timing_judged = false;
  bool client_attacks = false;  ///< the client attacks others, and keeps calling this server
  double log_ratio = 0;         ///< of the evidence
};

/// A server and what its local clients' dealings with it say.
struct Candidate {
  Endpoint server;
  std::vector<Opinion> opinions;
  std::vector<Evidence> shared{};  ///< what all its clients together say
  bool line_looked_for = false;    ///< a clock that its clients have in common
};

class Bench {
 public:
  explicit Bench(const JudgeInput& input) : input_(input) {
    CHECK(input.facts.size() == input.summary.contacts.size());
    CHECK(input.activity_services.size() == input.summary.port_activity.size());
    result_.view = view_of(input.summary);
    hosts_ = profile_clients(input.summary, input.facts, input.activity_services, result_.view);
    result_.local_clients = hosts_.local_clients;
    result_.incoming_contacts = hosts_.incoming_contacts;
    result_.outside_scanners = hosts_.outside_scanners;
    for (const auto& sighting : input.sightings)
      if (hosts_.profiles.contains(sighting.host)) sighted_.insert(sighting.host);
  }

  Judgement hold() {
    auto all = candidates();
    for (auto& candidate : all) hear(candidate);
    if (input_.with_features || input_.model != nullptr)
      for (const auto& candidate : all)
        result_.features.emplace_back(candidate.server, features_of(candidate));
    for (auto& candidate : all) result_.verdicts.push_back(verdict_on(candidate));
    share_between_ports(result_.verdicts);
    for (auto& verdict : result_.verdicts) settle(verdict);
    if (has_many_clients()) follow_clients(all);
    for (std::size_t index = 0; index < result_.features.size(); ++index)
      add_evidence(result_.verdicts[index], result_.features[index].second);
    if (input_.model != nullptr) {
      add_learned_evidence(*input_.model, result_.features, result_.verdicts);
      for (auto& verdict : result_.verdicts) settle(verdict);
    }
    std::ranges::sort(result_.verdicts, [](const Verdict& a, const Verdict& b) {
      return std::tuple(-a.probability, b.connections, a.server) <
             std::tuple(-b.probability, a.connections, b.server);
    });
    result_.infected =
        infected_hosts(result_.verdicts, input_.summary.contacts, input_.facts, hosts_);
    return std::move(result_);
  }

 private:
  const Contact& contact(std::size_t index) const { return input_.summary.contacts[index]; }
  const ContactFacts& facts(std::size_t index) const { return input_.facts[index]; }

  bool is_call_from_inside(std::size_t index) const {
    return noroshi::is_call_from_inside(contact(index), facts(index));
  }

  const ClientProfile& profile_of(std::size_t index) const {
    return hosts_.profiles.at(contact(index).client);
  }

  /// Contacts are sorted by server: equal neighbours make one candidate.
  std::vector<Candidate> candidates() {
    std::vector<Candidate> result;
    for (std::size_t index = 0; index < input_.summary.contacts.size(); ++index) {
      if (!is_call_from_inside(index)) continue;
      if (profile_of(index).scans(contact(index).server) && !is_sustained(contact(index))) {
        ++result_.scan_targets;
        continue;
      }
      if (result.empty() || result.back().server != contact(index).server)
        result.push_back({.server = contact(index).server, .opinions = {}});
      result.back().opinions.push_back({.contact = index});
    }
    return result;
  }

  /// Fills the opinion in, all but what the client's attacks say of the server.
  void judge_contact(Opinion& opinion) const {
    const auto index = opinion.contact;
    const auto& one = contact(index);
    const auto& fact = facts(index);
    const auto& profile = profile_of(index);
    auto temporal = temporal_evidence(one, result_.view);
    opinion.timing_judged = temporal.not_judged.empty();
    if (!opinion.timing_judged) opinion.not_judged.push_back(temporal.not_judged);
    auto& evidence = opinion.evidence;
    evidence = std::move(temporal.evidence);
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

    const bool scanned = profile.scans(one.server) && one.longest < 600'000;
    if (profile.victims.contains(one.server)) {
      const auto packets = std::max(one.packets_up, one.flows);
      add(EvidenceGroup::kBehaviour, "flood_victim", static_cast<double>(packets), -8,
          {{"packets", fmt::format("{}", packets)}});
    } else {
      opinion.client_attacks = !profile.attacks.empty() && is_sustained(one) && !scanned &&
                               fact.service.weight != ServiceWeight::kHard;
    }
    if (scanned)
      add(EvidenceGroup::kBehaviour, "scan_target", one.server.port.value, -3,
          {{"port", fmt::format("{}", one.server.port.value)}});
    if (fact.service.weight != ServiceWeight::kNone)
      add(EvidenceGroup::kInfrastructure,
          fact.service.weight == ServiceWeight::kHard ? "known_service_hard" : "known_service_soft",
          1, log_ratio_of(fact.service.weight), {{"service", std::string(fact.service.name)}});
    if (fact.server_is_local) add(EvidenceGroup::kInfrastructure, "inside", 1, -1.5, {});
    if (profile.is_peer() && fact.service.name.empty() && one.server.port.value >= 1024)
      add(EvidenceGroup::kBehaviour, "peer_to_peer", static_cast<double>(profile.peers), -2,
          {{"peers", fmt::format("{}", profile.peers)}});
    for (const auto& found : evidence) opinion.log_ratio += found.log_likelihood_ratio;
  }

  bool has_many_clients() const { return result_.local_clients >= kClientsForPrevalence; }

  /// Hears every client of a candidate. With few clients in view, notes for each attacking one how
  /// strongly this address, among all that it keeps calling, is suspected on other grounds; with
  /// many, says what the clients have in common instead: an attack counts once.
  void hear(Candidate& candidate) {
    for (auto& opinion : candidate.opinions) judge_contact(opinion);
    if (input_.words != nullptr)
      if (const auto words = input_.words->find(candidate.server); words != input_.words->end())
        if (auto listed = listed_evidence(words->second))
          candidate.shared.push_back(std::move(*listed));
    if (has_many_clients()) {
      add_social(candidate);
      return;
    }
    for (const auto& opinion : candidate.opinions) {
      if (!opinion.client_attacks) continue;
      auto& weight = commanders_[contact(opinion.contact).client][candidate.server.address];
      weight = std::max(weight, std::exp(std::min(opinion.log_ratio, kMostLogWeight)));
    }
  }

  /// The company the server keeps, and its prevalence.
  void add_social(Candidate& candidate) const {
    Company company{.clients = candidate.opinions.size(),
                    .hosts = result_.local_clients,
                    .attacking_hosts = hosts_.attacking_clients};
    for (const auto& opinion : candidate.opinions)
      company.attacking_clients += opinion.client_attacks ? 1U : 0U;
    if (auto evidence = company_evidence(company)) candidate.shared.push_back(std::move(*evidence));
    const double share =
        static_cast<double>(company.clients) / static_cast<double>(result_.local_clients);
    // RITA v5 lowers a score from half of the hosts on; a tenth already makes a botnet unlikely.
    if (share >= 0.1)
      candidate.shared.push_back({EvidenceGroup::kSocial,
                                  "popular",
                                  share,
                                  share >= 0.5 ? -3.0 : -1.5,
                                  {{"share", fmt::format("{:.0f}", share * 100)}}});
    if (auto found = sighted_clients(overlap_of(candidate, sighted_)))
      candidate.shared.push_back(std::move(*found));
    add_common_line(candidate);
  }

  /// How many of a candidate's clients, of those that it answers, are marked.
  Overlap overlap_of(const Candidate& candidate,
                     const std::unordered_set<IpAddress>& marked) const {
    Overlap overlap{.hosts = result_.local_clients, .marked = marked.size()};
    for (const auto& opinion : candidate.opinions) {
      const auto& one = contact(opinion.contact);
      if (one.bytes_down == 0) continue;
      ++overlap.clients;
      overlap.both += marked.contains(one.client) ? 1U : 0U;
    }
    return overlap;
  }

  /// What the times of all clients say together: looked for only where it could make a suspect, for
  /// it costs a spectrum of each client.
  void add_common_line(Candidate& candidate) const {
    if (candidate.opinions.size() < kLeastClientsOfALine) return;
    const auto& best = *std::ranges::max_element(candidate.opinions, {}, &Opinion::log_ratio);
    auto supposed = best.evidence;
    supposed.insert(supposed.end(), candidate.shared.begin(), candidate.shared.end());
    supposed.push_back({EvidenceGroup::kTemporal, "common_line", 0, kMostOfTiming, {}});
    if (fuse(supposed).probability < kWorthASpectrum) return;
    auto finding = common_line_evidence(contacts_of(candidate), result_.view);
    candidate.line_looked_for = finding.not_judged.empty();
    std::ranges::move(finding.evidence, std::back_inserter(candidate.shared));
  }

  std::vector<const Contact*> contacts_of(const Candidate& candidate) const {
    std::vector<const Contact*> contacts;
    for (const auto& opinion : candidate.opinions) contacts.push_back(&contact(opinion.contact));
    return contacts;
  }

  ServerFeatures features_of(const Candidate& candidate) const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    ServerSurroundings around{.hosts = result_.local_clients,
                              .attacking_hosts = hosts_.attacking_clients,
                              .sighted_lift = kNone,
                              .listed = input_.words == nullptr ? kNone : 0,
                              .timing = kNone,
                              .common_line = candidate.line_looked_for ? 0 : kNone,
                              .service = facts(candidate.opinions.front().contact).service};
    for (const auto& opinion : candidate.opinions) {
      around.attackers += opinion.client_attacks ? 1U : 0U;
      around.peers += profile_of(opinion.contact).is_peer() ? 1U : 0U;
      double timing = opinion.timing_judged ? 0 : kNone;
      for (const auto& one : opinion.evidence)
        if (one.group == EvidenceGroup::kTemporal) timing = one.log_likelihood_ratio;
      around.timing = std::fmax(around.timing, timing);  // NaN gives way
    }
    for (const auto& one : candidate.shared) {
      if (one.code == "common_line")
        around.common_line = -std::log10(std::max(one.statistic, 1e-300));
      if (one.code == "listed") around.listed = one.statistic;
    }
    if (!sighted_.empty())
      around.sighted_lift = enrichment_of(overlap_of(candidate, sighted_)).lift;
    return server_features(contacts_of(candidate), around, result_.view);
  }

  /// One hop from the suspects to what else their clients call. `all` are parallel to the verdicts.
  void follow_clients(const std::vector<Candidate>& all) {
    std::unordered_set<IpAddress> marked;
    const auto many = static_cast<double>(result_.local_clients) * kMostMarking;
    for (std::size_t index = 0; index < all.size(); ++index) {
      const auto& verdict = result_.verdicts[index];
      if (verdict.tier == Tier::kC || static_cast<double>(verdict.clients) > many) continue;
      for (const auto& opinion : all[index].opinions)
        marked.insert(contact(opinion.contact).client);
    }
    if (marked.empty()) return;
    for (std::size_t index = 0; index < all.size(); ++index) {
      auto& verdict = result_.verdicts[index];
      if (verdict.tier != Tier::kC) continue;
      auto found = clients_of_suspects(overlap_of(all[index], marked));
      if (!found) continue;
      // That its clients are infected is one fact, however many ways it is known.
      for (const auto& known : verdict.evidence)
        if (known.code == "company_of_attackers" || known.code == "sighted_clients")
          found->log_likelihood_ratio -= known.log_likelihood_ratio;
      if (found->log_likelihood_ratio <= 0) continue;
      verdict.evidence.push_back(std::move(*found));
      settle(verdict);
    }
  }

  /// An attacking host is commanded by one of the servers that it keeps calling, or, as often, by
  /// one that is not in view. The half is shared out among the addresses it keeps calling by how
  /// strongly each is suspected on other grounds: who is explained away by a better suspect gains
  /// nothing.
  void add_attacks(Opinion& opinion, const IpAddress& server) const {
    if (!opinion.client_attacks || has_many_clients()) return;
    const auto& client = contact(opinion.contact).client;
    const auto& weights = commanders_.at(client);
    double sum = 0;
    for (const auto& [address, weight] : weights) sum += weight;
    const double share = 0.5 * weights.at(server) / std::max(sum, 1.0);
    const double llr = std::clamp(std::log(share / kPriorProbability), 0.0, kMostForAttacks);
    const auto attacks = hosts_.profiles.at(client).attacks.size();
    opinion.evidence.push_back({EvidenceGroup::kBehaviour,
                                "client_attacks",
                                static_cast<double>(attacks),
                                llr,
                                {{"attacks", fmt::format("{}", attacks)}}});
  }

  Verdict verdict_on(Candidate& candidate) const {
    Verdict verdict;
    verdict.server = candidate.server;
    double best = -1;
    for (auto& opinion : candidate.opinions) {
      const auto& one = contact(opinion.contact);
      ++verdict.clients;
      verdict.connections += one.connections;
      verdict.first = verdict.first == 0 ? one.first : std::min(verdict.first, one.first);
      verdict.last = std::max(verdict.last, one.last);
      // One client's dealings are judged whole: evidence of different clients is not mixed.
      add_attacks(opinion, candidate.server.address);
      const auto probability = fuse(opinion.evidence).probability;
      if (probability <= best) continue;
      best = probability;
      verdict.evidence = std::move(opinion.evidence);
      verdict.not_judged = std::move(opinion.not_judged);
    }
    std::ranges::move(candidate.shared, std::back_inserter(verdict.evidence));
    if (!has_many_clients()) verdict.not_judged.push_back("few_clients");
    if (result_.view.one_way) verdict.not_judged.push_back("one_way_view");
    verdict.probability = fuse(verdict.evidence).probability;
    return verdict;
  }

  const JudgeInput& input_;
  Judgement result_;
  ClientProfiles hosts_;
  /// For each attacking client, the addresses it keeps calling and their weight as suspects.
  std::unordered_map<IpAddress, std::map<IpAddress, double>> commanders_;
  std::unordered_set<IpAddress> sighted_;
};

}  // namespace

Judgement judge(const JudgeInput& input) { return Bench(input).hold(); }

}  // namespace noroshi
