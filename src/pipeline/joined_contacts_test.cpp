#include "pipeline/joined_contacts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "model/flow_batch.h"
#include "summarise/flows_for_test.h"
#include "summarise/summariser.h"

namespace noroshi {
namespace {

using testing::answered;
using testing::TestFlow;

constexpr std::uint64_t kSecond = 1000;
constexpr std::uint64_t kHour = 3'600'000;
/// Where whole hours begin for flows_for_test.h.
constexpr std::uint64_t kToTheHour = kHour - testing::kStart % kHour;

std::vector<Contact> contacts_of(const std::vector<TestFlow>& flows) {
  FlowBatch batch;
  for (const auto& flow : flows) testing::append(batch, flow);
  Summariser summariser({});
  summariser.add(batch);
  return summariser.finish().contacts;
}

std::uint64_t hour_of(const TestFlow& flow) {
  return (testing::kStart + flow.first + flow.duration) / kHour;
}

/// Calls to one service, none over an hour's edge, a minute and more after one another: none is
/// taken for the repetition of one before it.
rc::Gen<std::vector<TestFlow>> calls(std::size_t most) {
  return rc::gen::apply(
      [=](const std::vector<std::uint16_t>& gaps, const std::vector<std::uint8_t>& kinds,
          std::uint32_t rate) {
        std::vector<TestFlow> flows;
        std::uint64_t time = kToTheHour;
        for (std::size_t at = 0; at < std::min({gaps.size(), kinds.size(), most}); ++at) {
          time += 61 * kSecond + gaps[at] * std::uint64_t{40};
          const std::uint64_t duration = 100 + kinds[at] * std::uint64_t{80};
          const auto in_hour = (testing::kStart + time) % kHour;
          if (in_hour + duration >= kHour) time += kHour - in_hour + 5 * kSecond;
          TestFlow flow{.source_port = static_cast<std::uint16_t>(30'000 + at),
                        .first = time,
                        .duration = duration,
                        .sampling_rate = rate % 3 + 1};
          flows.push_back(kinds[at] % 3 == 0 ? flow : answered(flow, 100 + kinds[at], 200));
        }
        return flows;
      },
      rc::gen::arbitrary<std::vector<std::uint16_t>>(),
      rc::gen::arbitrary<std::vector<std::uint8_t>>(), rc::gen::arbitrary<std::uint32_t>());
}

Contact joined_by_hours(const std::vector<TestFlow>& flows) {
  std::map<std::uint64_t, std::vector<TestFlow>> hours;
  for (const auto& flow : flows) hours[hour_of(flow)].push_back(flow);
  std::vector<Contact> parts;
  for (const auto& [hour, part] : hours) {
    auto contacts = contacts_of(part);
    RC_ASSERT(contacts.size() == 1u);
    parts.push_back(std::move(contacts.front()));
  }
  for (std::size_t at = 1; at < parts.size(); ++at) join_later(parts[0], parts[at]);
  return parts[0];
}

RC_GTEST_PROP(JoinedContacts, AreWhatSummarisingTheWholeGives, ()) {
  const auto flows = *calls(300);
  RC_PRE(!flows.empty());
  for (const auto& flow : flows) RC_ASSERT((testing::kStart + flow.first) / kHour == hour_of(flow));
  const auto whole = contacts_of(flows);
  RC_ASSERT(whole.size() == 1u);
  const auto& expected = whole.front();
  const auto joined = joined_by_hours(flows);
  RC_ASSERT(joined.flows == expected.flows);
  RC_ASSERT(joined.connections == expected.connections);
  RC_ASSERT(joined.answered == expected.answered);
  RC_ASSERT(joined.retried == expected.retried);
  RC_ASSERT(joined.packets_up == expected.packets_up);
  RC_ASSERT(joined.bytes_up == expected.bytes_up);
  RC_ASSERT(joined.packets_down == expected.packets_down);
  RC_ASSERT(joined.bytes_down == expected.bytes_down);
  RC_ASSERT(joined.tcp_flags_up == expected.tcp_flags_up);
  RC_ASSERT(joined.tcp_flags_down == expected.tcp_flags_down);
  RC_ASSERT(joined.first == expected.first);
  RC_ASSERT(joined.last == expected.last);
  RC_ASSERT(joined.longest == expected.longest);
  RC_ASSERT(joined.longest_bytes_up == expected.longest_bytes_up);
  RC_ASSERT(joined.sampling_rate == expected.sampling_rate);
  RC_ASSERT(joined.events_seen == expected.events_seen);
  RC_ASSERT(joined.latest_event == expected.latest_event);
  RC_ASSERT(joined.interval_bins == expected.interval_bins);
  RC_ASSERT(joined.reservoir == expected.reservoir);
  RC_ASSERT(joined.active_hours.size() == expected.active_hours.size());
  for (std::size_t at = 0; at < joined.active_hours.size(); ++at) {
    RC_ASSERT(joined.active_hours[at].hour == expected.active_hours[at].hour);
    RC_ASSERT(joined.active_hours[at].minutes == expected.active_hours[at].minutes);
  }
  RC_ASSERT(joined.events.size() == expected.events.size());
  for (std::size_t at = 0; at < joined.events.size(); ++at) {
    RC_ASSERT(joined.events[at].time == expected.events[at].time);
    RC_ASSERT(joined.events[at].bytes_up == expected.events[at].bytes_up);
    RC_ASSERT(joined.events[at].answered == expected.events[at].answered);
  }
  RC_ASSERT(first_outcome(joined) == first_outcome(expected));
}

Contact part(std::uint64_t hour, std::size_t events, std::size_t reservoir, std::uint64_t seen) {
  Contact contact;
  contact.connections = seen;
  contact.events_seen = seen;
  contact.first = hour * kHour;
  contact.last = (hour + 1) * kHour - 1;
  for (std::size_t at = 0; at < events; ++at) contact.events.push_back({.time = hour * kHour + at});
  for (std::size_t at = 0; at < reservoir; ++at)
    contact.reservoir.push_back(hour * kHour + 1'000'000 + at);
  contact.latest_event = hour * kHour + 2'000'000;
  return contact;
}

RC_GTEST_PROP(JoinedContacts, StayWithinTheirBoundsAndWithoutGaps, ()) {
  const auto hours = *rc::gen::inRange(1, 200);
  const auto events = *rc::gen::inRange(0, 33);
  const auto reservoir = *rc::gen::inRange(0, 33);
  const auto more = *rc::gen::inRange(0, 1000);
  std::uint64_t seen = 0;
  Contact all = part(0, 0, 0, 0);
  for (int hour = 1; hour <= hours; ++hour) {
    const auto here = static_cast<std::uint64_t>(events + reservoir + (reservoir > 0 ? more : 0));
    join_later(all, part(static_cast<std::uint64_t>(hour), static_cast<std::size_t>(events),
                         static_cast<std::size_t>(reservoir), here));
    seen += here;
  }
  RC_ASSERT(all.events_seen == seen);
  RC_ASSERT(all.events.size() <= Contact::kMostEvents);
  RC_ASSERT(all.reservoir.size() <= Contact::kMostReservoir);
  RC_ASSERT(std::ranges::is_sorted(all.events, {}, &ContactEvent::time));
  RC_ASSERT(std::ranges::is_sorted(all.reservoir));
  // Without gaps: where an hour had more than its events, no later hour's follow them.
  if (reservoir > 0 && events > 0) RC_ASSERT(all.events.size() == static_cast<std::size_t>(events));
}

TEST(JoinedContacts, AQuietHourIsNoMoreLikelyInTheReservoirThanABusyOne) {
  // Of the busy hour's 10,032 events 32 were kept and 32 sampled, of the others all that there
  // were.
  auto all = part(1, 32, 32, 10'032);
  for (std::uint64_t hour = 2; hour < 300; ++hour) join_later(all, part(hour, 32, 32, 64));
  const auto busy =
      std::ranges::count_if(all.reservoir, [](std::uint64_t time) { return time < 2 * kHour; });
  const auto quiet = static_cast<std::ptrdiff_t>(all.reservoir.size()) - busy;
  // 10,000 events of the busy hour stand beside 298 × 64 = 19,072 of the others.
  EXPECT_NEAR(static_cast<double>(quiet) / static_cast<double>(busy), 1.9, 0.7);
}

TEST(JoinedContacts, TheIntervalOverTheHoursEdgeIsCounted) {
  auto contact = part(1, 1, 0, 1);
  contact.latest_event = contact.events.back().time;
  join_later(contact, part(2, 1, 0, 1));
  EXPECT_EQ(contact.interval_bins[22], 1u) << "an hour lies between 2^21 and 2^22 ms";
}

Contact timed(std::uint32_t server, std::uint64_t period, bool continued) {
  Contact contact;
  contact.server = {IpAddress::from_v4(server), Port{443}, kTcp};
  for (std::uint64_t at = 0; at < 12; ++at)
    contact.events.push_back({.time = at * period, .continued = continued && at > 0});
  return contact;
}

TEST(TimeoutsOfAWindow, AreWhatManyServersHaveInCommon) {
  std::vector<Contact> contacts;
  for (std::uint32_t server = 1; server < kLeastTimedServers; ++server)
    contacts.push_back(timed(server, 60'000, true));
  EXPECT_TRUE(timeouts_of(contacts).empty());
  contacts.push_back(timed(99, 60'500, true));
  ASSERT_EQ(timeouts_of(contacts).size(), 1u);
  EXPECT_EQ(timeouts_of(contacts)[0].milliseconds, 60'000u);
}

TEST(TimeoutsOfAWindow, AreNotABotnetsKeepAlive) {
  std::vector<Contact> contacts(500, timed(7, 60'000, true));
  EXPECT_TRUE(timeouts_of(contacts).empty());
}

TEST(TimeoutsOfAWindow, AreNotThePollingOfManyServers) {
  std::vector<Contact> contacts;
  for (std::uint32_t server = 1; server < 50; ++server)
    contacts.push_back(timed(server, 60'000, false));
  EXPECT_TRUE(timeouts_of(contacts).empty());
}

TEST(FirstOutcome, IsUnknownWhereSamplingMayHaveHiddenTheAnswer) {
  Contact contact;
  contact.connections = 1;
  contact.server.protocol = kUdp;
  contact.events = {{.time = 1, .packets_up = 1}};
  contact.sampling_rate = 1;
  EXPECT_EQ(first_outcome(contact), std::optional(false));
  contact.sampling_rate = 100;
  EXPECT_EQ(first_outcome(contact), std::nullopt);
  contact.server.protocol = kTcp;
  contact.tcp_flags_up = kTcpSyn;
  EXPECT_EQ(first_outcome(contact), std::optional(false));
  contact.events[0].answered = true;
  EXPECT_EQ(first_outcome(contact), std::optional(true));
}

}  // namespace
}  // namespace noroshi
