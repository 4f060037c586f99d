#include "pipeline/window_sieve.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "judge/case.h"
#include "pipeline/joined_contacts.h"

namespace noroshi {
namespace {

/// Whether it might be a flood: what judge/scan asks for at least, whatever the sampling.
bool may_be_a_flood(const Contact& contact) {
  constexpr std::uint64_t kLeastSamples = 50;
  constexpr std::uint64_t kManyConnections = 1000;
  const auto sent = std::max(contact.packets_up, contact.flows);
  return contact.connections >= kManyConnections ||
         (sent >= kLeastSamples && contact.packets_down * kLeastSamples <= sent);
}

void add_bounded(std::uint32_t& sum, std::uint64_t more) {
  sum = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(std::numeric_limits<std::uint32_t>::max(), sum + more));
}

}  // namespace

HashSet::Insertion HashSet::insert(std::uint64_t hash) {
  // Zero is an empty slot.
  if (hash == 0) hash = 1;
  const auto mask = slots_.size() - 1;
  auto at = hash & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask)
    if (slots_[at] == hash) return Insertion::kKnown;
  if (size_ >= most_) return Insertion::kFull;
  slots_[at] = hash;
  if (++size_ * 2 > slots_.size()) grow();
  return Insertion::kNew;
}

void HashSet::grow() {
  std::vector<std::uint64_t> larger(slots_.size() * 2);
  const auto mask = larger.size() - 1;
  for (const auto hash : slots_) {
    if (hash == 0) continue;
    auto at = hash & mask;
    while (larger[at] != 0) at = (at + 1) & mask;
    larger[at] = hash;
  }
  slots_ = std::move(larger);
}

WindowSieve::WindowSieve(Config config, Known known)
    : config_(config), known_(std::move(known)), pairs_(config.most_pairs) {}

void WindowSieve::add(std::span<const Contact> contacts) {
  for (const auto& contact : contacts) {
    ++statistics_.contacts;
    if (contact.connections == 0) continue;
    if (contact.client != client_) {
      end_client();
      client_ = contact.client;
    }
    const auto& server = contact.server;
    const auto pair = mix(mix(contact.client.high() ^ config_.hash_seed, contact.client.low()),
                          mix(std::hash<Endpoint>()(server), config_.hash_seed));
    const auto met = pairs_.insert(pair);
    if (met == HashSet::Insertion::kFull) ++statistics_.pairs_not_told_apart;
    const bool is_new = met == HashSet::Insertion::kNew;
    if (is_new) meetings_.push_back({server, contact.first, first_outcome(contact)});
    auto* tally = tally_of(server);
    if (tally == nullptr) continue;
    tally->hour = hour_;
    // When pairs cannot be told apart, a client that comes again in another hour counts again: a
    // server too many for the second pass, never one too few.
    if (met != HashSet::Insertion::kKnown) add_bounded(tally->clients, 1);
    add_bounded(tally->connections, contact.connections);
    tally->stayed = tally->stayed || is_sustained(contact);
    tally->flooded = tally->flooded || may_be_a_flood(contact);
  }
}

void WindowSieve::end_client() {
  // The walk over a scanner's destinations goes by the time of the first connections.
  std::ranges::sort(meetings_, [](const FirstMeeting& a, const FirstMeeting& b) {
    return std::tie(a.first, a.server) < std::tie(b.first, b.server);
  });
  for (const auto& meeting : meetings_) count(meeting);
  meetings_.clear();
}

void WindowSieve::end_hour() {
  end_client();
  client_ = IpAddress();
  ++hour_;
}

void WindowSieve::count(const FirstMeeting& meeting) {
  const ActivityKey key{client_, meeting.server.port, meeting.server.protocol};
  auto found = activities_.find(key);
  if (found == activities_.end()) {
    // Outsiders that scan us may take half of the room, no more: the rest is for those inside.
    const auto room =
        known_.inside(client_) ? config_.most_activities : config_.most_activities / 2;
    if (activities_.size() >= room) {
      ++statistics_.activities_not_kept;
      return;
    }
    found = activities_
                .emplace(key, PortActivity{.client = client_,
                                           .port = key.port,
                                           .protocol = key.protocol,
                                           .first = meeting.first})
                .first;
  }
  auto& activity = found->second;
  if (meeting.accepted) {
    const auto index = activity.first_successes + activity.first_failures;
    if (index < PortActivity::kOutcomes && *meeting.accepted)
      activity.outcomes[index / 64] |= std::uint64_t{1} << (index % 64);
    ++(*meeting.accepted ? activity.first_successes : activity.first_failures);
  }
  ++activity.destinations;
  activity.first = std::min(activity.first, meeting.first);
  activity.last = std::max(activity.last, meeting.first);
}

WindowSieve::Tally* WindowSieve::tally_of(const Endpoint& server) {
  if (const auto found = servers_.find(server); found != servers_.end()) return &found->second;
  if (servers_.size() >= config_.most_servers) forget_the_passed();
  if (servers_.size() >= config_.most_servers) {
    ++statistics_.servers_not_kept;
    return nullptr;
  }
  return &servers_[server];
}

/// A scan's destinations are called once, each: those of the hours before are forgotten first, of
/// this hour's then every second.
void WindowSieve::forget_the_passed() {
  const auto before = servers_.size();
  const auto is_passed = [](const Tally& tally) {
    return tally.clients <= 1 && tally.connections <= 1 && !tally.stayed && !tally.flooded;
  };
  std::erase_if(servers_, [&](const auto& entry) {
    return is_passed(entry.second) && entry.second.hour != hour_;
  });
  if (servers_.size() * 4 > config_.most_servers * 3)
    std::erase_if(servers_, [&](const auto& entry) {
      return is_passed(entry.second) && mix(std::hash<Endpoint>()(entry.first), hour_) % 2 == 0;
    });
  statistics_.servers_not_kept += before - servers_.size();
}

void WindowSieve::choose() {
  end_client();
  statistics_.pairs = pairs_.size();
  statistics_.servers = servers_.size();
  std::unordered_map<IpAddress, std::uint32_t> ports;
  for (const auto& [server, tally] : servers_) ++ports[server.address];

  struct Choice {
    bool hard = false;
    std::uint32_t clients = 0;
    Endpoint server;
    auto operator<=>(const Choice&) const = default;
  };
  std::vector<Choice> choices;
  for (auto& [server, tally] : servers_) {
    const bool matters = tally.clients >= kLeastClients || tally.connections >= kLeastConnections ||
                         tally.stayed || tally.flooded || ports.at(server.address) >= kLeastPorts ||
                         known_.listed(server);
    tally.fate = matters ? Fate::kLeftOut : Fate::kPassedBy;
    if (!matters)
      ++statistics_.servers_called_in_passing;
    else
      choices.push_back({known_.suppressed(server) && !tally.flooded, tally.clients, server});
  }
  // Where room is short, what goes last is what few clients call: a botnet's server is not the one
  // that most of a network talks to.
  std::ranges::sort(choices);
  std::uint64_t contacts = 0;
  for (const auto& choice : choices) {
    contacts += choice.clients;
    if (contacts > config_.most_contacts) {
      ++statistics_.servers_too_popular;
      continue;
    }
    servers_.at(choice.server).fate = Fate::kChosen;
  }
}

bool WindowSieve::is_chosen(const Endpoint& server) const {
  const auto found = servers_.find(server);
  return found != servers_.end() && found->second.fate == Fate::kChosen;
}

bool WindowSieve::was_passed_by(const Endpoint& server) const {
  const auto found = servers_.find(server);
  return found == servers_.end() || found->second.fate == Fate::kPassedBy;
}

std::vector<PortActivity> WindowSieve::take_activities() {
  std::vector<PortActivity> result;
  result.reserve(activities_.size());
  for (auto& [key, activity] : activities_) result.push_back(activity);
  activities_.clear();
  std::ranges::sort(result, {}, [](const PortActivity& activity) {
    return std::tuple(activity.client, activity.protocol, activity.port);
  });
  return result;
}

}  // namespace noroshi
