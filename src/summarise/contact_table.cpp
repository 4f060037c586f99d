#include "summarise/contact_table.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "model/flow_batch.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kMinute = 60'000;
constexpr std::uint64_t kHour = 60 * kMinute;

enum class Outcome {
  kAccepted,
  kRefused,
  kSilent,
  kUninvited,   ///< the "client" sent nothing
  kUnknowable,  ///< sampling or one-way export may have hidden the answer
};

/// What became of a conversation that `1 - server` opened.
Outcome outcome_of(const Conversation& conversation, std::size_t server) {
  const auto& asked = conversation.sides[server];
  const auto& asking = conversation.sides[1 - server];
  if (asking.first == 0) return Outcome::kUninvited;
  // A row that tells both directions and saw the "client" send nothing while the server sent.
  if (asking.packets == 0 && asked.packets > 0) return Outcome::kUninvited;
  if (asked.first == 0) {
    if (conversation.both_ways_in_view && conversation.sampling_rate <= 1) return Outcome::kSilent;
    // The other direction may be missing because it was not sampled or not exported. Over TCP the
    // client's own flags tell: who acknowledges was answered, who only asks to open was not.
    if (conversation.protocol == kTcp && (asking.tcp_flags & kTcpAck) != 0)
      return Outcome::kAccepted;
    if (conversation.protocol == kTcp && (asking.tcp_flags & kTcpSyn) != 0) return Outcome::kSilent;
    return conversation.sampling_rate > 1 ? Outcome::kUnknowable : Outcome::kSilent;
  }
  if (conversation.protocol == kTcp && (asked.tcp_flags & kTcpRst) != 0 &&
      (asked.tcp_flags & (kTcpSyn | kTcpPsh | kTcpFin)) == 0 && asked.bytes <= 60 * asked.packets)
    return Outcome::kRefused;
  return Outcome::kAccepted;
}

void mark_minutes(Contact& contact, std::uint64_t first, std::uint64_t last) {
  const auto first_hour = first / kHour;
  // A record may claim to have lasted for ages: no more words are written than can be kept.
  const auto last_hour = std::min(last / kHour, first_hour + Contact::kMostHours);
  for (auto hour = first_hour; hour <= last_hour; ++hour) {
    auto found = std::ranges::find(contact.active_hours, hour, &ActiveHour::hour);
    if (found == contact.active_hours.end()) {
      if (contact.active_hours.size() >= Contact::kMostHours) return;
      found = contact.active_hours.insert(found, {hour, 0});
    }
    const auto from = hour == first_hour ? first % kHour / kMinute : 0;
    const auto to = hour == last / kHour ? last % kHour / kMinute : 59;
    found->minutes |= ((std::uint64_t{2} << to) - 1) & ~((std::uint64_t{1} << from) - 1);
  }
}

void add_event(Contact& contact, const ContactEvent& event) {
  if (contact.latest_event != 0 && event.time >= contact.latest_event) {
    const auto interval = event.time - contact.latest_event;
    const auto bin = std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(interval)),
                                           Contact::kIntervalBins - 1);
    ++contact.interval_bins[bin];
  }
  contact.latest_event = std::max(contact.latest_event, event.time);
  ++contact.events_seen;
  if (contact.events.size() < Contact::kMostEvents) {
    contact.events.push_back(event);
    return;
  }
  // Reservoir sampling (Vitter 1985, algorithm R), with a hash of the count as its coin so that
  // the same flows always give the same sample.
  const auto beyond = contact.events_seen - Contact::kMostEvents;
  if (contact.reservoir.size() < Contact::kMostReservoir) {
    contact.reservoir.push_back(event.time);
  } else if (const auto place = mix(beyond, contact.first) % beyond;
             place < Contact::kMostReservoir) {
    contact.reservoir[place] = event.time;
  }
}

}  // namespace

ContactTable::ContactTable(Config config)
    : config_(config),
      index_(1024, KeyHash{config.hash_seed}),
      activity_index_(256, KeyHash{config.hash_seed}) {}

void ContactTable::count_first_meeting(const Contact& contact, std::optional<bool> accepted) {
  const Key key{contact.client, {IpAddress(), contact.server.port, contact.server.protocol}};
  auto found = activity_index_.find(key);
  if (found == activity_index_.end()) {
    if (activity_.size() >= config_.most_port_activities) {
      ++activity_not_kept_;
      return;
    }
    found = activity_index_.emplace(key, activity_.size()).first;
    activity_.push_back({.client = contact.client,
                         .port = contact.server.port,
                         .protocol = contact.server.protocol,
                         .first = contact.first});
  }
  auto& activity = activity_[found->second];
  if (accepted) {
    const auto index = activity.first_successes + activity.first_failures;
    if (index < PortActivity::kOutcomes && *accepted)
      activity.outcomes[index / 64] |= std::uint64_t{1} << (index % 64);
    ++(*accepted ? activity.first_successes : activity.first_failures);
  }
  ++activity.destinations;
  activity.first = std::min(activity.first, contact.first);
  activity.last = std::max(activity.last, contact.last);
}

void ContactTable::add(const Conversation& conversation, std::size_t server_side) {
  const auto& server = conversation.sides[server_side];
  const auto& client = conversation.sides[1 - server_side];
  const Key key{client.address, {server.address, server.port, conversation.protocol}};
  auto found = index_.find(key);
  const bool is_new = found == index_.end();
  if (is_new) {
    if (contacts_.size() >= config_.most_contacts) drop_quietest();
    found = index_.emplace(key, contacts_.size()).first;
    Contact fresh;
    fresh.client = key.client;
    fresh.server = key.server;
    fresh.first = conversation.first;
    fresh.sampling_rate = conversation.sampling_rate;
    contacts_.push_back(std::move(fresh));
  }
  auto& contact = contacts_[found->second];
  const auto outcome = outcome_of(conversation, server_side);

  contact.flows += conversation.flows;
  contact.packets_up += client.packets;
  contact.bytes_up += client.bytes;
  contact.packets_down += server.packets;
  contact.bytes_down += server.bytes;
  contact.tcp_flags_up |= client.tcp_flags;
  contact.tcp_flags_down |= server.tcp_flags;
  contact.first = std::min(contact.first, conversation.first);
  contact.last = std::max(contact.last, conversation.last);
  contact.sampling_rate = contact.sampling_rate == 0 || conversation.sampling_rate == 0
                              ? 0
                              : std::max(contact.sampling_rate, conversation.sampling_rate);
  if (outcome == Outcome::kUninvited) {
    ++contact.uninvited;
    return;
  }
  ++contact.connections;
  if (outcome == Outcome::kAccepted) ++contact.answered;
  if (outcome == Outcome::kRefused) ++contact.refused;
  if (conversation.reopenings > 0) ++contact.retried;
  if (contact.connections == 1)
    count_first_meeting(contact, outcome == Outcome::kUnknowable
                                     ? std::nullopt
                                     : std::optional(outcome == Outcome::kAccepted));
  const auto lasted = conversation.last - conversation.first;
  if (outcome == Outcome::kAccepted && lasted >= contact.longest) {
    contact.longest = lasted;
    contact.longest_bytes_up = client.bytes;
    contact.longest_bytes_down = server.bytes;
  }
  bool continued = false;
  const auto add_piece = [&](const ConversationPiece& piece) {
    add_event(contact, {.time = piece.first,
                        .duration = piece.last - piece.first,
                        .packets_up = piece.packets[1 - server_side],
                        .bytes_up = piece.bytes[1 - server_side],
                        .packets_down = piece.packets[server_side],
                        .bytes_down = piece.bytes[server_side],
                        .answered = outcome == Outcome::kAccepted,
                        .continued = continued});
    mark_minutes(contact, piece.first, piece.last);
    continued = true;
  };
  conversation.for_each_piece(add_piece);
}

void ContactTable::drop_quietest() {
  // Contacts are large: their ranks are put in order, and what stays is moved once.
  using Rank = std::tuple<std::uint64_t, std::uint64_t, std::size_t>;
  std::vector<Rank> ranks;
  ranks.reserve(contacts_.size());
  for (std::size_t index = 0; index < contacts_.size(); ++index)
    ranks.emplace_back(std::min<std::uint64_t>(contacts_[index].connections, 8),
                       contacts_[index].last, index);
  const auto drop = std::max<std::size_t>(contacts_.size() / 4, 1);
  std::ranges::nth_element(ranks, ranks.begin() + static_cast<std::ptrdiff_t>(drop));
  std::vector<bool> goes(contacts_.size());
  for (std::size_t at = 0; at < drop; ++at) goes[std::get<2>(ranks[at])] = true;

  std::size_t kept = 0;
  for (std::size_t index = 0; index < contacts_.size(); ++index) {
    if (goes[index]) continue;
    if (kept != index) contacts_[kept] = std::move(contacts_[index]);
    ++kept;
  }
  contacts_.erase(contacts_.begin() + static_cast<std::ptrdiff_t>(kept), contacts_.end());
  evicted_ += drop;
  index_.clear();
  for (std::size_t index = 0; index < contacts_.size(); ++index)
    index_.emplace(Key{contacts_[index].client, contacts_[index].server}, index);
}

void ContactTable::move_into(ContactSummary& summary) {
  summary.contacts = std::exchange(contacts_, {});
  summary.port_activity = std::exchange(activity_, {});
  summary.contacts_evicted = std::exchange(evicted_, 0);
  summary.port_activity_not_kept = std::exchange(activity_not_kept_, 0);
  index_.clear();
  activity_index_.clear();
  for (auto& contact : summary.contacts) {
    std::ranges::stable_sort(contact.events, {}, &ContactEvent::time);
    std::ranges::sort(contact.reservoir);
    std::ranges::sort(contact.active_hours, {}, &ActiveHour::hour);
  }
  std::ranges::sort(summary.contacts, [](const Contact& a, const Contact& b) {
    return a.server != b.server ? a.server < b.server : a.client < b.client;
  });
  std::ranges::sort(summary.port_activity, {}, [](const PortActivity& activity) {
    return std::tuple(activity.client, activity.protocol, activity.port);
  });
}

}  // namespace noroshi
