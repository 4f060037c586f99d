#include "judge/scan/attacks.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

#include "judge/scan/threshold_random_walk.h"
#include "model/flow_batch.h"

namespace noroshi {
namespace {

/// A TCP stack that gets no answer asks again after 1, 2, 4 … s, and few programs try more than a
/// handful of connections at once: five unanswered openings a second, for long, are no call.
constexpr double kOpeningsPerSecond = 5;
constexpr std::uint64_t kLeastOpenings = 100;
/// Streams exist that nobody answers: only what is both fast and long is a flood.
constexpr double kPacketsPerSecond = 100;
constexpr std::uint64_t kLeastPackets = 1000;
/// Answered, but faster than any page needs: an HTTP or TCP connection flood.
constexpr double kConnectionsPerSecond = 20;
constexpr std::uint64_t kLeastConnections = 1000;
/// One-sided: what little comes back are resets and messages of routers.
constexpr std::uint64_t kOneSidedDivisor = 50;
/// Sampled packets without one answer among them: an answering server would be missed with 2^-50.
constexpr std::uint64_t kLeastSamples = 50;

/// The walk over the outcomes that were kept, and then over the rest as the totals tell of them.
bool walks_like_a_scanner(const PortActivity& activity) {
  ThresholdRandomWalk walk;
  const auto known = activity.outcomes_known();
  bool was_scanner = false;
  for (std::size_t index = 0; index < known; ++index) {
    const auto state = walk.observe(activity.outcome(index));
    if (state == ThresholdRandomWalk::State::kScanner) was_scanner = true;
    // A host that was benign may be infected later: begin again.
    if (state != ThresholdRandomWalk::State::kPending) walk = ThresholdRandomWalk();
  }
  // Over everything the share of failures must lie on the scanner's side of even odds.
  return (was_scanner && activity.first_failures > activity.first_successes) ||
         activity.first_failures > 4 * (activity.first_successes + kLeastFailures);
}

struct Verticals {
  std::uint64_t failed_ports = 0;
  std::uint64_t answered_ports = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

double active_seconds(const Contact& contact) {
  std::uint64_t minutes = 0;
  for (const auto& hour : contact.active_hours)
    minutes += static_cast<std::uint64_t>(std::popcount(hour.minutes));
  const double span = static_cast<double>(contact.last - contact.first) / 1000.0;
  return std::max(1.0, std::min(span, 60.0 * static_cast<double>(minutes)));
}

}  // namespace

std::vector<Attack> find_scans(const ContactSummary& summary, const View& view,
                               std::span<const ContactFacts> facts,
                               std::span<const KnownService> activity_services) {
  std::vector<Attack> attacks;
  for (std::size_t index = 0; index < summary.port_activity.size(); ++index) {
    const auto& activity = summary.port_activity[index];
    if (view.one_way && activity.protocol != kTcp) continue;
    if (activity_services[index].weight == ServiceWeight::kHard) continue;
    if (activity.first_failures < kLeastFailures || !walks_like_a_scanner(activity)) continue;
    attacks.push_back({.client = activity.client,
                       .reason = InfectionReason::kScan,
                       .target = {IpAddress(), activity.port, activity.protocol},
                       .count = activity.first_failures,
                       .first = activity.first,
                       .last = activity.last});
  }
  std::map<std::tuple<IpAddress, IpAddress, Protocol>, Verticals> verticals;
  for (std::size_t index = 0; index < summary.contacts.size(); ++index) {
    const auto& contact = summary.contacts[index];
    const bool has_ports = contact.server.protocol == kTcp || contact.server.protocol == kUdp;
    if (contact.connections == 0 || !has_ports || !facts[index].server_can_serve) continue;
    auto& vertical = verticals[{contact.client, contact.server.address, contact.server.protocol}];
    ++(contact.answered > 0 ? vertical.answered_ports : vertical.failed_ports);
    vertical.first = vertical.first == 0 ? contact.first : std::min(vertical.first, contact.first);
    vertical.last = std::max(vertical.last, contact.last);
  }
  for (const auto& [key, vertical] : verticals) {
    const auto& [client, server, protocol] = key;
    if (vertical.failed_ports < kLeastFailures ||
        vertical.failed_ports < 2 * vertical.answered_ports)
      continue;
    attacks.push_back({.client = client,
                       .reason = InfectionReason::kScan,
                       .target = {server, Port{0}, protocol},
                       .count = vertical.failed_ports,
                       .first = vertical.first,
                       .last = vertical.last});
  }
  return attacks;
}

bool is_flood(const Contact& contact, const View& view) {
  const auto sampling = std::max<std::uint64_t>(view.sampling_of(contact), 1);
  const auto packets = std::max(contact.packets_up, contact.flows) * sampling;
  const double seconds = active_seconds(contact);
  const double connection_rate = static_cast<double>(contact.connections) / seconds;
  if (contact.connections >= kLeastConnections && connection_rate >= kConnectionsPerSecond)
    return true;
  // Where directions are exported apart, or packets are sampled, silence alone proves little: a
  // client that acknowledges is being answered, and a handful of samples is no proof.
  const bool certain = sampling == 1 && !view.one_way;
  if (!certain && contact.server.protocol == kTcp && (contact.tcp_flags_up & kTcpAck) != 0)
    return false;
  if (!certain &&
      (contact.packets_up < kLeastSamples || (view.one_way && contact.server.protocol != kTcp)))
    return false;
  const bool one_sided = contact.packets_down * kOneSidedDivisor * sampling <= packets;
  const double rate = static_cast<double>(packets) / seconds;
  if (one_sided && contact.server.protocol == kTcp && packets >= kLeastOpenings &&
      rate >= kOpeningsPerSecond)
    return true;
  if (one_sided && packets >= kLeastPackets && rate >= kPacketsPerSecond) return true;
  return std::ranges::any_of(contact.events, [&](const ContactEvent& event) {
    const auto sent = event.packets_up * sampling;
    if (!certain && event.packets_up < kLeastSamples) return false;
    const double lasted = std::max(1.0, static_cast<double>(event.duration) / 1000.0);
    return sent >= kLeastPackets && event.packets_down * kOneSidedDivisor * sampling <= sent &&
           static_cast<double>(sent) / lasted >= kPacketsPerSecond;
  });
}

}  // namespace noroshi
