#include "summarise/contact_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>
#include <utility>

#include "model/flow_batch.h"
#include "summarise/seeded_hash.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kMinute = 60'000;
constexpr std::uint64_t kHour = 60 * kMinute;
/// Meetings that are looked up side by side.
constexpr std::size_t kLookAhead = 64;
constexpr std::size_t kCacheLine = 64;

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

/// Puts contacts in order of server, then client. They are large: their keys are put in order, and
/// each contact is moved once, within the memory that it is in.
void sort_by_server(std::vector<Contact>& contacts) {
  struct Place {
    Endpoint server;
    IpAddress client;
    std::uint32_t from;
  };
  std::vector<Place> places;
  places.reserve(contacts.size());
  for (const auto& contact : contacts)
    places.push_back({contact.server, contact.client, static_cast<std::uint32_t>(places.size())});
  std::ranges::sort(places, [](const Place& a, const Place& b) {
    return a.server != b.server ? a.server < b.server : a.client < b.client;
  });
  for (std::uint32_t start = 0; start < places.size(); ++start) {
    if (places[start].from == start) continue;
    auto first = std::move(contacts[start]);
    auto to = start;
    while (places[to].from != start) {
      const auto from = std::exchange(places[to].from, to);
      contacts[to] = std::move(contacts[from]);
      to = from;
    }
    places[to].from = to;
    contacts[to] = std::move(first);
  }
}

}  // namespace

ContactTable::ContactTable(Config config) : config_(config) {}

std::uint64_t ContactTable::hash_of(const IpAddress& client, const Endpoint& server) const {
  return mix(
      mix(seeded_hash(client, config_.hash_seed), seeded_hash(server.address, config_.hash_seed)),
      static_cast<std::uint64_t>(server.port.value) << 8 | server.protocol.value);
}

std::uint64_t ContactTable::hash_of(const Meeting& meeting) const {
  const auto& conversation = *meeting.conversation;
  const auto& server = conversation.sides[meeting.server_side];
  return hash_of(conversation.sides[1 - meeting.server_side].address,
                 {server.address, server.port, conversation.protocol});
}

void ContactTable::count_first_meeting(const Contact& contact, std::optional<bool> accepted) {
  const auto hash = hash_of(contact.client, {{}, contact.server.port, contact.server.protocol});
  auto slot = activity_index_.find(hash, [&](std::uint32_t candidate) {
    const auto& activity = activity_[candidate];
    return activity.client == contact.client && activity.port == contact.server.port &&
           activity.protocol == contact.server.protocol;
  });
  if (slot == SlotIndex::kNone) {
    if (activity_.size() >= config_.most_port_activities) {
      ++activity_not_kept_;
      return;
    }
    slot = static_cast<std::uint32_t>(activity_.size());
    activity_index_.insert(hash, slot);
    activity_.push_back({.client = contact.client,
                         .port = contact.server.port,
                         .protocol = contact.server.protocol,
                         .first = contact.first});
  }
  auto& activity = activity_[slot];
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

Contact& ContactTable::find_or_open(const Meeting& meeting, std::uint64_t hash) {
  const auto& conversation = *meeting.conversation;
  const auto& side = conversation.sides[meeting.server_side];
  const auto& client = conversation.sides[1 - meeting.server_side].address;
  const Endpoint server{side.address, side.port, conversation.protocol};
  const auto known = index_.find(hash, [&](std::uint32_t candidate) {
    return contacts_[candidate].client == client && contacts_[candidate].server == server;
  });
  if (known != SlotIndex::kNone) return contacts_[known];
  if (index_.size() >= config_.most_contacts) drop_quietest();
  std::uint32_t slot = 0;
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(contacts_.size());
    contacts_.emplace_back();
    opened_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  index_.insert(hash, slot);
  opened_[slot] = opened_so_far_++;
  auto& contact = contacts_[slot];
  contact.client = client;
  contact.server = server;
  contact.first = conversation.first;
  contact.sampling_rate = conversation.sampling_rate;
  return contact;
}

void ContactTable::add(std::span<const Meeting> meetings) {
  std::array<std::uint64_t, kLookAhead> hashes{};
  while (!meetings.empty()) {
    const auto some = meetings.first(std::min(kLookAhead, meetings.size()));
    for (std::size_t i = 0; i < some.size(); ++i) {
      hashes[i] = hash_of(some[i]);
      index_.prefetch(hashes[i]);
    }
    for (std::size_t i = 0; i < some.size(); ++i) {
      const auto slot = index_.guess(hashes[i]);
      if (slot == SlotIndex::kNone) continue;
      const auto lines = std::as_bytes(std::span(&contacts_[slot], 1));
      for (std::size_t at = 0; at < lines.size(); at += kCacheLine)
        __builtin_prefetch(&lines[at], 1);
    }
    for (std::size_t i = 0; i < some.size(); ++i) add(some[i], hashes[i]);
    meetings = meetings.subspan(some.size());
  }
}

void ContactTable::add(const Meeting& meeting, std::uint64_t hash) {
  const auto& conversation = *meeting.conversation;
  const auto server_side = meeting.server_side;
  const auto& server = conversation.sides[server_side];
  const auto& client = conversation.sides[1 - server_side];
  auto& contact = find_or_open(meeting, hash);
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
  struct Rank {
    std::uint64_t connections;
    std::uint64_t last;
    std::uint64_t opened;
    std::uint32_t slot;
    auto operator<=>(const Rank&) const = default;
  };
  std::vector<Rank> ranks;
  ranks.reserve(contacts_.size());
  for (std::uint32_t slot = 0; slot < contacts_.size(); ++slot)
    if (contacts_[slot].flows != 0)
      ranks.push_back({std::min<std::uint64_t>(contacts_[slot].connections, 8),
                       contacts_[slot].last, opened_[slot], slot});
  const auto drop = std::max<std::size_t>(ranks.size() / 4, 1);
  std::ranges::nth_element(ranks, ranks.begin() + static_cast<std::ptrdiff_t>(drop));
  std::vector<bool> goes(contacts_.size());
  for (std::size_t at = 0; at < drop; ++at) {
    const auto slot = ranks[at].slot;
    goes[slot] = true;
    contacts_[slot] = {};
    free_slots_.push_back(slot);
  }
  evicted_ += drop;
  index_.erase_if([&](std::uint32_t slot) { return goes[slot]; });
}

void ContactTable::move_into(ContactSummary& summary) {
  std::erase_if(contacts_, [](const Contact& contact) { return contact.flows == 0; });
  summary.contacts = std::exchange(contacts_, {});
  summary.port_activity = std::exchange(activity_, {});
  summary.contacts_evicted = std::exchange(evicted_, 0);
  summary.port_activity_not_kept = std::exchange(activity_not_kept_, 0);
  opened_.clear();
  free_slots_.clear();
  index_.clear();
  activity_index_.clear();
  for (auto& contact : summary.contacts) {
    if (!std::ranges::is_sorted(contact.events, {}, &ContactEvent::time))
      std::ranges::stable_sort(contact.events, {}, &ContactEvent::time);
    std::ranges::sort(contact.reservoir);
    std::ranges::sort(contact.active_hours, {}, &ActiveHour::hour);
  }
  sort_by_server(summary.contacts);
  std::ranges::sort(summary.port_activity, {}, [](const PortActivity& activity) {
    return std::tuple(activity.client, activity.protocol, activity.port);
  });
}

}  // namespace noroshi
