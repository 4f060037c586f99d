#include "learn/judged_day.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include "pipeline/judged_window.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
/// Any number: nobody chooses addresses against a simulation, and the same days give the same rows.
constexpr std::uint64_t kHashSeed = 0x6e6f'726f'7368'6921;

/// Rows from a judgement and the contacts it was made from.
class Rows {
 public:
  Rows(const NetworkTruth& truth, const DayOrder& order, DayOfNetwork& day)
      : truth_(truth), order_(order), day_(day) {}

  void add(const ContactSummary& summary, const LocalSide& local, const Judgement& judgement) {
    day_.hosts = judgement.local_clients;
    std::unordered_set<IpAddress> attackers;
    for (const auto& host : judgement.infected)
      for (const auto& finding : host.findings)
        if (finding.reason != InfectionReason::kCallsServer) attackers.insert(host.address);
    const auto heavy = syn_heavy_clients(summary);
    std::unordered_map<Endpoint, const Verdict*> verdicts;
    for (const auto& verdict : judgement.verdicts) verdicts.emplace(verdict.server, &verdict);

    auto at = summary.contacts.begin();
    for (const auto& [server, features] : judgement.features) {
      // Both are in the order of servers.
      while (at != summary.contacts.end() && at->server < server) ++at;
      std::vector<const Contact*> contacts;
      for (; at != summary.contacts.end() && at->server == server; ++at)
        if (local.contains(at->client)) contacts.push_back(&*at);
      auto& row = known(server);
      row.seen = true;
      row.features = features;
      const auto& verdict = *verdicts.at(server);
      for (const auto& one : verdict.evidence)
        row.groups[static_cast<std::size_t>(one.group)] +=
            static_cast<float>(one.log_likelihood_ratio);
      score(row, contacts, verdict, attackers, heavy);
    }
  }

  /// What the truth knows and the judge did not see.
  void add_unseen() {
    std::unordered_set<Endpoint> seen;
    for (const auto& row : day_.servers) seen.insert(row.server);
    for (const auto& [server, what] : truth_.servers) {
      if (what.role != ServerRole::kCommand || seen.contains(server)) continue;
      if (what.last < order_.begin || what.first >= order_.end || what.first == 0) continue;
      if (packets_of(server, what) == 0) continue;
      known(server).features.fill(std::numeric_limits<float>::quiet_NaN());
    }
    std::ranges::sort(day_.servers, {}, &EndpointDay::server);
  }

 private:
  EndpointDay& known(const Endpoint& server) {
    auto& row = day_.servers.emplace_back();
    row.server = server;
    row.expected_packets = std::numeric_limits<float>::quiet_NaN();
    const auto found = truth_.servers.find(server);
    if (found == truth_.servers.end()) return row;
    const auto& what = found->second;
    row.role = what.role;
    row.family = day_.text(what.family);
    row.kind = day_.text(what.kind);
    row.bots = static_cast<std::uint32_t>(what.lines);
    if (what.packets != 0 && order_.sampling != 0)
      row.expected_packets =
          static_cast<float>(packets_of(server, what)) / static_cast<float>(order_.sampling);
    return row;
  }

  [[nodiscard]] std::uint64_t packets_of(const Endpoint& server, const ServerTruth& what) const {
    const auto before = order_.packets_before.find(server);
    return before == order_.packets_before.end() ? what.packets : what.packets - before->second;
  }

  void score(EndpointDay& row, const std::vector<const Contact*>& contacts, const Verdict& verdict,
             const std::unordered_set<IpAddress>& attackers,
             const std::unordered_set<IpAddress>& heavy) const {
    const auto set = [&](Baseline baseline, double value) {
      row.baselines[static_cast<std::size_t>(baseline)] = static_cast<float>(value);
    };
    set(Baseline::kRita, rita_score(contacts, day_.hosts, order_.begin, order_.end - order_.begin));
    set(Baseline::kSlips, slips_score(contacts));
    double scanners = 0, conversing = 0;
    for (const auto* contact : contacts) {
      scanners += attackers.contains(contact->client) ? 1 : 0;
      const bool acknowledged = (contact->tcp_flags_up & kTcpAck) != 0;
      conversing += acknowledged && heavy.contains(contact->client) ? 1 : 0;
    }
    set(Baseline::kScanners, scanners);
    const float listed = row.features[static_cast<std::size_t>(ServerFeature::kListed)];
    set(Baseline::kFeed, std::isnan(listed) ? 0 : listed);
    set(Baseline::kDegree, static_cast<double>(contacts.size()));
    set(Baseline::kSynRatio, conversing);
    set(Baseline::kRules, verdict.probability);
  }

  const NetworkTruth& truth_;
  const DayOrder& order_;
  DayOfNetwork& day_;
};

}  // namespace

std::uint16_t DayOfNetwork::text(const std::string& text) {
  const auto found = std::ranges::find(texts, text);
  if (found != texts.end()) return static_cast<std::uint16_t>(found - texts.begin());
  if (texts.size() > std::numeric_limits<std::uint16_t>::max()) return 0;
  texts.push_back(text);
  return static_cast<std::uint16_t>(texts.size() - 1);
}

Result<DayOfNetwork> judged_day(const ContactHours& hours, const NetworkTruth& truth,
                                const DayOrder& order) {
  DayOfNetwork day{.network = truth.name,
                   .seed = truth.seed,
                   .begin = order.begin,
                   .end = order.end,
                   .sampling = order.sampling,
                   .lines = truth.lines,
                   .flows_late = hours.flows_late(),
                   .contacts_not_kept = hours.contacts_not_kept()};
  Rows rows(truth, order, day);
  WindowOrder window{.from = order.begin / kHour,
                     .to = (order.end + kHour - 1) / kHour,
                     .local = order.local,
                     .knowledge = order.knowledge};
  window.sieve.hash_seed = kHashSeed;
  window.on_judged = [&](const ContactSummary& summary, const LocalSide& local,
                         const Judgement& judgement) { rows.add(summary, local, judgement); };
  TRY(judge_window(window,
                   [&](std::uint64_t hour, const auto& sink) { return hours.read(hour, sink); }));
  rows.add_unseen();
  return day;
}

}  // namespace noroshi
