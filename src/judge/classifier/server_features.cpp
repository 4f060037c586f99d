#include "judge/classifier/server_features.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.h"
#include "judge/fuse/fusion.h"
#include "judge/social/enrichment.h"

namespace noroshi {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

constexpr std::array<ServerFeatureText, kServerFeatureCount> kTexts{{
    {ServerFeature::kClients, "clients", 0, "botnets have several members, most benign niches one",
     "the logarithm of a count, not which clients"},
    {ServerFeature::kPrevalence, "prevalence", -1, "what many hosts call is a service",
     "a share of the hosts in view, so that networks of other sizes compare"},
    {ServerFeature::kAttackersLow, "attackers_low", 1, "bots attack; a server's share of attackers",
     "Wilson's lower bound: one attacker of one client says little"},
    {ServerFeature::kAttackersLift, "attackers_lift", 1,
     "that share against that of all hosts: who attacks in a network full of attackers says little",
     "a ratio, not a count of attackers"},
    {ServerFeature::kSightedLift, "sighted_lift", 1, "clients that others saw infected",
     "missing where no sensor was asked, not zero"},
    {ServerFeature::kListed, "listed", 1, "sources list it, each worth its measured precision",
     "missing where no feed was asked; never of a feed that made the labels"},
    {ServerFeature::kTiming, "timing", 1, "one client calls by the clock",
     "missing where sampling hides it, or it is the exporter's timeout"},
    {ServerFeature::kCommonLine, "common_line", 1, "all clients call by one clock",
     "missing where it was not looked for"},
    {ServerFeature::kAnswered, "answered", 0, "share of connections it accepted",
     "a share; missing where only one direction is exported"},
    {ServerFeature::kUnansweredSpan, "unanswered_span", 1,
     "a program that goes on calling what does not answer has no other server",
     "hours, of the most patient client"},
    {ServerFeature::kRetried, "retried", 0, "openings repeated again and again", "a share"},
    {ServerFeature::kConnectionsPerClient, "connections_per_client", 0,
     "beacons call often, downloads seldom", "times the sampling rate, in logarithm"},
    {ServerFeature::kPacketsPerConnection, "packets_per_connection", 0, "commands are short",
     "a median over clients"},
    {ServerFeature::kBytesPerPacketUp, "bytes_per_packet_up", 0, "keep-alives are small packets",
     "sampling leaves the size of packets as it is"},
    {ServerFeature::kBytesPerPacketDown, "bytes_per_packet_down", 0,
     "commands are small, content is not", "sampling leaves the size of packets as it is"},
    {ServerFeature::kUpShare, "up_share", 0, "reports go up, content comes down", "a share"},
    {ServerFeature::kSizeLikeness, "size_likeness", 1, "the same few words again and again",
     "missing below six exchanges"},
    {ServerFeature::kLongest, "longest", 0, "a command channel is kept open",
     "minutes, in logarithm, a median over clients"},
    {ServerFeature::kQuietRate, "quiet_rate", -1, "an open channel that says next to nothing",
     "bytes a second of the longest connection; missing below half an hour"},
    {ServerFeature::kHoursActive, "hours_active", 0, "bots do not sleep at night",
     "how many hours, not which"},
    {ServerFeature::kMinutesActive, "minutes_active", 0, "steady over the hour, or in sessions",
     "minutes of the active hours, not which"},
    {ServerFeature::kSimultaneous, "simultaneous", 0, "bots act on the same command together",
     "share of active minutes that two clients have in common, beyond chance"},
    {ServerFeature::kPortWellKnown, "port_well_known", 0, "services sit on registered ports",
     "below 1024 or not: never the port itself"},
    {ServerFeature::kPortFavoured, "port_favoured", 0, "Telnet and IRC, which few hosts call",
     "the service's kind, not the port"},
    {ServerFeature::kServiceWeight, "service_weight", -1, "a known service has its own reasons",
     "hard, soft or none, from published facts"},
    {ServerFeature::kOverTcp, "tcp", 0, "over UDP, games, calls and peers use any port",
     "TCP or not"},
    {ServerFeature::kPeerClients, "peer_clients", -1,
     "peers of peer-to-peer programs are no servers", "a share of clients"},
    {ServerFeature::kSampling, "sampling", 0, "how much of the rest can be seen at all",
     "the logarithm of the stated rate"},
    {ServerFeature::kSocialEvidence, "social_evidence", 1,
     "the judge's exact tests of the company it keeps", "a sum of log-likelihood ratios"},
    {ServerFeature::kBehaviourEvidence, "behaviour_evidence", 1,
     "what is known of bots, whatever their family", "a sum of log-likelihood ratios"},
    {ServerFeature::kWeighed, "weighed", 1,
     "all evidence as people weigh it: where a family was never seen, this still holds",
     "the log-odds without feeds' words, between −15 and 15"},
}};

double median_of(std::vector<double>& values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double logarithm(double count) { return std::log1p(std::max(count, 0.0)); }

/// 1 − MAD / median of what exchanges brought, as behaviour evidence has it; NaN below six.
double likeness_of(std::span<const Contact* const> contacts) {
  constexpr std::size_t kLeast = 6;
  std::vector<double> sizes;
  for (const auto* contact : contacts)
    for (const auto& event : contact->events)
      if (event.packets_up != 0 && event.packets_down != 0)
        sizes.push_back(static_cast<double>(event.bytes_up + event.bytes_down));
  if (sizes.size() < kLeast) return std::numeric_limits<double>::quiet_NaN();
  const double median = median_of(sizes);
  if (median < 1) return 0;
  for (auto& size : sizes) size = std::abs(size - median);
  return std::max(0.0, 1 - median_of(sizes) / median);
}

struct Activity {
  double hours = 0;         ///< median over clients
  double minutes = 0;       ///< of each active hour
  double simultaneous = 0;  ///< NaN for one client
};

Activity activity_of(std::span<const Contact* const> contacts) {
  std::vector<double> hours;
  std::vector<std::uint64_t> seen;  // minutes, once for each client
  double active = 0, active_hours = 0;
  for (const auto* contact : contacts) {
    hours.push_back(static_cast<double>(contact->active_hours.size()));
    active_hours += static_cast<double>(contact->active_hours.size());
    for (const auto& hour : contact->active_hours) {
      active += std::popcount(hour.minutes);
      for (std::uint64_t bits = hour.minutes; bits != 0; bits &= bits - 1)
        seen.push_back(hour.hour * 60 + static_cast<std::uint64_t>(std::countr_zero(bits)));
    }
  }
  Activity activity;
  activity.hours = median_of(hours);
  activity.minutes = active_hours == 0 ? 0 : active / active_hours;
  activity.simultaneous = std::numeric_limits<double>::quiet_NaN();
  if (contacts.size() < 2 || seen.size() < 2) return activity;
  std::ranges::sort(seen);
  const double span = static_cast<double>(seen.back() - seen.front() + 1);
  double together = 0;
  for (std::size_t begin = 0; begin < seen.size();) {
    auto end = begin;
    while (end < seen.size() && seen[end] == seen[begin]) ++end;
    if (end - begin > 1) together += static_cast<double>(end - begin);
    begin = end;
  }
  // Were every client's minutes strewn over the span, others would be in a client's minute with
  // about 1 − exp(−active / span).
  const double share = together / active;
  activity.simultaneous = share - (1 - std::exp(-active / span));
  return activity;
}

}  // namespace

std::span<const ServerFeatureText, kServerFeatureCount> server_feature_texts() { return kTexts; }

ServerFeatures server_features(std::span<const Contact* const> contacts,
                               const ServerSurroundings& surroundings, const View& view) {
  CHECK(!contacts.empty());
  ServerFeatures features;
  features.fill(kNone);
  const auto set = [&](ServerFeature feature, double value) {
    features[static_cast<std::size_t>(feature)] = static_cast<float>(value);
  };
  const auto clients = contacts.size();
  const auto& server = contacts.front()->server;
  constexpr double kOneSided95 = 1.645;

  std::uint64_t connections = 0, answered = 0, retried = 0, bytes_up = 0, bytes_down = 0;
  std::uint64_t packets_up = 0, packets_down = 0;
  double patience = 0, rate = 1;
  std::vector<double> per_connection, longest, quiet;
  for (const auto* contact : contacts) {
    connections += contact->connections;
    answered += contact->answered;
    retried += contact->retried;
    bytes_up += contact->bytes_up;
    bytes_down += contact->bytes_down;
    packets_up += contact->packets_up;
    packets_down += contact->packets_down;
    rate = std::max(rate, static_cast<double>(view.sampling_of(*contact)));
    if (contact->connections != 0)
      per_connection.push_back(static_cast<double>(contact->packets_up + contact->packets_down) /
                               static_cast<double>(contact->connections));
    longest.push_back(logarithm(static_cast<double>(contact->longest) / 60'000));
    constexpr std::uint64_t kHalfAnHour = 30 * 60'000;
    if (contact->longest >= kHalfAnHour)
      quiet.push_back(logarithm(
          static_cast<double>(std::max(contact->longest_bytes_up, contact->longest_bytes_down)) /
          (static_cast<double>(contact->longest) / 1000)));
    constexpr std::uint64_t kLeastUnanswered = 5;
    if (unanswered(*contact, view) >= kLeastUnanswered)
      patience =
          std::max(patience, static_cast<double>(contact->last - contact->first) / 3'600'000);
  }

  set(ServerFeature::kClients, logarithm(static_cast<double>(clients)));
  if (surroundings.hosts != 0)
    set(ServerFeature::kPrevalence,
        static_cast<double>(clients) / static_cast<double>(surroundings.hosts));
  const double low = wilson_low(surroundings.attackers, clients, kOneSided95);
  set(ServerFeature::kAttackersLow, low);
  const double share = (static_cast<double>(surroundings.attacking_hosts) + 1) /
                       (static_cast<double>(surroundings.hosts) + 2);
  set(ServerFeature::kAttackersLift, logarithm(low / share));
  set(ServerFeature::kSightedLift, logarithm(surroundings.sighted_lift));
  set(ServerFeature::kListed, surroundings.listed);
  set(ServerFeature::kTiming, surroundings.timing);
  set(ServerFeature::kCommonLine, surroundings.common_line);
  const auto share_of_connections = [&](std::uint64_t count) {
    return connections == 0 ? std::numeric_limits<double>::quiet_NaN()
                            : static_cast<double>(count) / static_cast<double>(connections);
  };
  if (!view.one_way) set(ServerFeature::kAnswered, share_of_connections(answered));
  set(ServerFeature::kUnansweredSpan, patience);
  set(ServerFeature::kRetried, share_of_connections(retried));
  set(ServerFeature::kConnectionsPerClient,
      logarithm(static_cast<double>(connections) * rate / static_cast<double>(clients)));
  set(ServerFeature::kPacketsPerConnection, logarithm(median_of(per_connection)));
  if (packets_up != 0)
    set(ServerFeature::kBytesPerPacketUp,
        static_cast<double>(bytes_up) / static_cast<double>(packets_up));
  if (packets_down != 0)
    set(ServerFeature::kBytesPerPacketDown,
        static_cast<double>(bytes_down) / static_cast<double>(packets_down));
  if (bytes_up + bytes_down != 0 && !view.one_way)
    set(ServerFeature::kUpShare,
        static_cast<double>(bytes_up) / static_cast<double>(bytes_up + bytes_down));
  set(ServerFeature::kSizeLikeness, likeness_of(contacts));
  set(ServerFeature::kLongest, median_of(longest));
  set(ServerFeature::kQuietRate, median_of(quiet));
  const auto activity = activity_of(contacts);
  set(ServerFeature::kHoursActive, activity.hours);
  set(ServerFeature::kMinutesActive, activity.minutes);
  set(ServerFeature::kSimultaneous, activity.simultaneous);
  constexpr std::uint16_t kFirstUserPort = 1024;
  set(ServerFeature::kPortWellKnown, server.port.value < kFirstUserPort ? 1 : 0);
  const auto& service = surroundings.service;
  set(ServerFeature::kPortFavoured, service.name == "telnet" || service.name == "irc" ? 1 : 0);
  set(ServerFeature::kServiceWeight, static_cast<double>(service.weight));
  set(ServerFeature::kOverTcp, server.protocol == kTcp ? 1 : 0);
  set(ServerFeature::kPeerClients,
      static_cast<double>(surroundings.peers) / static_cast<double>(clients));
  set(ServerFeature::kSampling, std::log(rate));
  return features;
}

void add_evidence(const Verdict& verdict, ServerFeatures& features) {
  double social = 0, behaviour = 0;
  std::vector<Evidence> flows;
  for (const auto* list : {&verdict.evidence, &verdict.counter_evidence})
    for (const auto& one : *list) {
      // What others say is weighed beside the model, not in it.
      if (one.group == EvidenceGroup::kIntelligence || one.group == EvidenceGroup::kSighting ||
          one.group == EvidenceGroup::kVerification || one.code == kLearnedCode)
        continue;
      flows.push_back(one);
      if (one.log_likelihood_ratio <= 0) continue;
      if (one.group == EvidenceGroup::kSocial) social += one.log_likelihood_ratio;
      if (one.group == EvidenceGroup::kBehaviour) behaviour += one.log_likelihood_ratio;
    }
  constexpr double kMost = 15;
  const double probability = fuse(flows).probability;
  const auto set = [&](ServerFeature feature, double value) {
    features[static_cast<std::size_t>(feature)] = static_cast<float>(value);
  };
  set(ServerFeature::kSocialEvidence, social);
  set(ServerFeature::kBehaviourEvidence, behaviour);
  set(ServerFeature::kWeighed,
      std::clamp(std::log(probability) - std::log1p(-probability), -kMost, kMost));
}

}  // namespace noroshi
