#include "pipeline/joined_contacts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>
#include <unordered_set>
#include <utility>

#include "model/flow_batch.h"
#include "summarise/active_timeouts.h"

namespace noroshi {
namespace {

/// Times that stand for a number of events.
struct Stratum {
  std::vector<std::uint64_t> times;
  std::uint64_t events = 0;

  [[nodiscard]] double rate() const {
    return events == 0 ? 1.0 : static_cast<double>(times.size()) / static_cast<double>(events);
  }
};

/// 0 ≤ x < 1, the same for the same numbers.
double coin(std::uint64_t a, std::uint64_t b) {
  return static_cast<double>(mix(a, b) >> 11) * 0x1p-53;
}

/// `wanted` of the times, each as likely as the others (Knuth, algorithm S).
void choose(std::span<const std::uint64_t> times, std::size_t wanted, std::uint64_t seed,
            std::vector<std::uint64_t>& chosen) {
  for (std::size_t at = 0; at < times.size() && wanted > 0; ++at) {
    if (coin(seed, at) * static_cast<double>(times.size() - at) >= static_cast<double>(wanted))
      continue;
    chosen.push_back(times[at]);
    --wanted;
  }
}

/// A sample of all that the strata stand for, at most kMostReservoir.
std::vector<std::uint64_t> sample_of(std::span<const Stratum> strata, std::uint64_t seed) {
  std::uint64_t events = 0;
  double rate = 1;
  for (const auto& stratum : strata) {
    events += stratum.events;
    if (stratum.events > 0) rate = std::min(rate, stratum.rate());
  }
  constexpr auto kMost = static_cast<double>(Contact::kMostReservoir);
  if (static_cast<double>(events) * rate > kMost) rate = kMost / static_cast<double>(events);
  std::vector<std::uint64_t> sample;
  for (const auto& stratum : strata) {
    seed = mix(seed, stratum.events);
    const auto share = rate * static_cast<double>(stratum.events);
    // What is left over of a whole one is one as often as its size says.
    const auto whole = std::floor(share);
    const auto wanted = static_cast<std::size_t>(whole) + (coin(seed, 0) < share - whole ? 1 : 0);
    choose(stratum.times, std::min(wanted, stratum.times.size()), mix(seed, 1), sample);
  }
  if (sample.size() > Contact::kMostReservoir) sample.resize(Contact::kMostReservoir);
  std::ranges::sort(sample);
  return sample;
}

std::uint64_t beyond(const Contact& contact) {
  return contact.events_seen - std::min<std::uint64_t>(contact.events_seen, contact.events.size());
}

void join_events(Contact& contact, const Contact& later) {
  Stratum before{std::move(contact.reservoir), beyond(contact)};
  Stratum over;
  auto room = before.events == 0 ? Contact::kMostEvents - contact.events.size() : std::size_t{0};
  const auto middle = static_cast<std::ptrdiff_t>(contact.events.size());
  for (const auto& event : later.events) {
    if (room > 0) {
      contact.events.push_back(event);
      --room;
    } else {
      over.times.push_back(event.time);
    }
  }
  over.events = over.times.size();
  // A flow belongs to the hour in which it ends: it may have begun before one of the hour before.
  std::ranges::inplace_merge(contact.events, contact.events.begin() + middle, {},
                             &ContactEvent::time);
  const Stratum after{later.reservoir, beyond(later)};
  const Stratum strata[] = {std::move(before), std::move(over), after};
  contact.reservoir =
      sample_of(strata, mix(contact.client.low() ^ contact.server.address.low(), later.first));
}

void join_intervals(Contact& contact, const Contact& later) {
  for (std::size_t bin = 0; bin < Contact::kIntervalBins; ++bin)
    contact.interval_bins[bin] += later.interval_bins[bin];
  if (!later.events.empty() && contact.latest_event != 0 &&
      later.events.front().time >= contact.latest_event) {
    const auto interval = later.events.front().time - contact.latest_event;
    ++contact.interval_bins[std::min<std::size_t>(
        static_cast<std::size_t>(std::bit_width(interval)), Contact::kIntervalBins - 1)];
  }
  contact.latest_event = std::max(contact.latest_event, later.latest_event);
}

void join_minutes(Contact& contact, const Contact& later) {
  for (const auto& active : later.active_hours) {
    const auto found =
        std::ranges::lower_bound(contact.active_hours, active.hour, {}, &ActiveHour::hour);
    if (found != contact.active_hours.end() && found->hour == active.hour)
      found->minutes |= active.minutes;
    else if (contact.active_hours.size() < Contact::kMostHours)
      contact.active_hours.insert(found, active);
  }
}

}  // namespace

void join_later(Contact& contact, const Contact& later) {
  join_intervals(contact, later);
  join_events(contact, later);
  join_minutes(contact, later);
  contact.flows += later.flows;
  contact.connections += later.connections;
  contact.answered += later.answered;
  contact.refused += later.refused;
  contact.retried += later.retried;
  contact.uninvited += later.uninvited;
  contact.packets_up += later.packets_up;
  contact.bytes_up += later.bytes_up;
  contact.packets_down += later.packets_down;
  contact.bytes_down += later.bytes_down;
  contact.tcp_flags_up |= later.tcp_flags_up;
  contact.tcp_flags_down |= later.tcp_flags_down;
  contact.first = std::min(contact.first, later.first);
  contact.last = std::max(contact.last, later.last);
  if (later.answered > 0 && later.longest >= contact.longest) {
    contact.longest = later.longest;
    contact.longest_bytes_up = later.longest_bytes_up;
    contact.longest_bytes_down = later.longest_bytes_down;
  }
  contact.sampling_rate = contact.sampling_rate == 0 || later.sampling_rate == 0
                              ? 0
                              : std::max(contact.sampling_rate, later.sampling_rate);
  contact.events_seen += later.events_seen;
}

// As the contact table of `summarise` decides it, from what a contact keeps.
std::optional<bool> first_outcome(const Contact& contact) {
  if (contact.connections == 0) return std::nullopt;
  if (contact.events.empty()) return contact.answered > 0;
  const auto& first = contact.events.front();
  if (first.answered) return true;
  const bool says_something =
      contact.server.protocol == kTcp && (contact.tcp_flags_up & (kTcpAck | kTcpSyn)) != 0;
  if (contact.sampling_rate > 1 && first.packets_down == 0 && !says_something) return std::nullopt;
  return false;
}

std::vector<LearntTimeout> timeouts_of(const std::vector<Contact>& contacts) {
  constexpr auto& kUsual = ActiveTimeouts::kUsual;
  constexpr std::size_t kLeastPieces = 4;
  std::array<std::unordered_set<IpAddress>, kUsual.size()> servers;
  std::array<std::uint64_t, kUsual.size()> pieces{};
  std::vector<std::uint64_t> intervals;
  for (const auto& contact : contacts) {
    intervals.clear();
    for (std::size_t at = 1; at < contact.events.size(); ++at)
      if (contact.events[at].continued)
        intervals.push_back(contact.events[at].time - contact.events[at - 1].time);
    if (intervals.size() < kLeastPieces || intervals.size() * 2 < contact.events.size()) continue;
    const auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2);
    std::ranges::nth_element(intervals, middle);
    for (std::size_t at = 0; at < kUsual.size(); ++at) {
      const auto away = *middle > kUsual[at] ? *middle - kUsual[at] : kUsual[at] - *middle;
      if (away * 33 > kUsual[at]) continue;
      servers[at].insert(contact.server.address);
      pieces[at] += intervals.size();
    }
  }
  std::vector<LearntTimeout> learnt;
  for (std::size_t at = 0; at < kUsual.size(); ++at)
    if (servers[at].size() >= kLeastTimedServers)
      learnt.push_back({.exporter = {}, .milliseconds = kUsual[at], .records = pieces[at]});
  return learnt;
}

}  // namespace noroshi
