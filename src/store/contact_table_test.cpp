#include <gmock/gmock.h>

#include <set>

#include "store/contact_details.h"
#include "store/embedded/engine_for_test.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kHourNumber = 490'000;
constexpr std::uint64_t kBegin = kHourNumber * 3'600'000;

Contact contact(std::uint32_t client, std::size_t events) {
  Contact contact;
  contact.client = IpAddress::from_v4(client);
  contact.server = {IpAddress::from_v4(0xc6336401), Port{443}, kTcp};
  contact.flows = events * 2;
  contact.connections = events;
  contact.bytes_up = UINT64_MAX;
  contact.tcp_flags_up = 0x1b;
  contact.first = kBegin + 17;
  contact.last = kBegin + 3'000'000;
  contact.sampling_rate = 100;
  contact.events_seen = events;
  contact.latest_event = kBegin + 2'000'000;
  contact.active_hours = {{kHourNumber, 0x5'0000'0001}, {kHourNumber - 1, 0x8000}};
  for (std::size_t i = 0; i < events; ++i)
    contact.events.push_back({.time = kBegin + i * 10'000 - 40'000,
                              .duration = i,
                              .packets_up = 3,
                              .bytes_up = 300 * i,
                              .packets_down = 2,
                              .bytes_down = UINT64_MAX,
                              .answered = i % 2 == 0,
                              .continued = i % 3 == 0});
  contact.interval_bins[0] = 1;
  contact.interval_bins[14] = static_cast<std::uint32_t>(events);
  return contact;
}

void expect_same(const Contact& read, const Contact& stored) {
  EXPECT_EQ(read.client, stored.client);
  EXPECT_EQ(read.server, stored.server);
  EXPECT_EQ(read.flows, stored.flows);
  EXPECT_EQ(read.connections, stored.connections);
  EXPECT_EQ(read.bytes_up, stored.bytes_up);
  EXPECT_EQ(read.tcp_flags_up, stored.tcp_flags_up);
  EXPECT_EQ(read.first, stored.first);
  EXPECT_EQ(read.last, stored.last);
  EXPECT_EQ(read.sampling_rate, stored.sampling_rate);
  EXPECT_EQ(read.events_seen, stored.events_seen);
  EXPECT_EQ(read.latest_event, stored.latest_event);
  EXPECT_EQ(read.interval_bins, stored.interval_bins);
  ASSERT_EQ(read.active_hours.size(), stored.active_hours.size());
  for (std::size_t i = 0; i < read.active_hours.size(); ++i) {
    EXPECT_EQ(read.active_hours[i].hour, stored.active_hours[i].hour);
    EXPECT_EQ(read.active_hours[i].minutes, stored.active_hours[i].minutes);
  }
  ASSERT_EQ(read.events.size(), std::min(stored.events.size(), kStoredEvents));
  for (std::size_t i = 0; i < read.events.size(); ++i) {
    EXPECT_EQ(read.events[i].time, stored.events[i].time);
    EXPECT_EQ(read.events[i].duration, stored.events[i].duration);
    EXPECT_EQ(read.events[i].bytes_up, stored.events[i].bytes_up);
    EXPECT_EQ(read.events[i].bytes_down, stored.events[i].bytes_down);
    EXPECT_EQ(read.events[i].answered, stored.events[i].answered);
    EXPECT_EQ(read.events[i].continued, stored.events[i].continued);
  }
}

class Contacts : public for_test::WithEngine {};

TEST_F(Contacts, ComeBackAsTheyWereStored) {
  const auto history = open_history();
  std::vector<Contact> stored;
  for (std::uint32_t i = 0; i < 3'000; ++i) stored.push_back(contact(0x0a000000 + i, i % 40));
  const auto inserted = history->insert_contacts(0, 7, kHourNumber, stored);
  ASSERT_TRUE(inserted) << inserted.error().message;
  ASSERT_TRUE(history->insert_contacts(0, 8, kHourNumber + 1, std::span(stored).first(5)));
  EXPECT_EQ(history->contacts_of(0, 7, kHourNumber), 3'000u);
  EXPECT_EQ(history->contacts_of(0, 7, kHourNumber + 1), 0u);

  std::vector<Contact> read;
  const auto done = history->read_contacts(
      grant(ContactsQuestion{kHourNumber}), [&](std::span<const Contact> contacts) {
        read.insert(read.end(), contacts.begin(), contacts.end());
        return Status{};
      });
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(read.size(), stored.size());
  for (std::size_t i = 0; i < read.size(); ++i) expect_same(read[i], stored[i]);
}

TEST(ContactDetails, KeepASampleOfTheEventsBeyondTheFirst) {
  auto many = contact(1, 500);
  for (std::uint64_t i = 0; i < 100; ++i) many.reservoir.push_back(kBegin + 10'000'000 + i);
  many.events_seen = 500 + 468;  // as many unseen ones as kept beyond the first 32
  const auto sample = sample_of_later_events(many);
  ASSERT_EQ(sample.size(), kStoredReservoir);
  EXPECT_TRUE(std::ranges::is_sorted(sample));
  const auto late =
      std::ranges::count_if(sample, [](std::uint64_t time) { return time >= kBegin + 10'000'000; });
  EXPECT_NEAR(static_cast<double>(late), 16.0, 1.0);
  std::set<std::uint64_t> steps;
  for (std::size_t i = 1; i < sample.size(); ++i) steps.insert(sample[i] - sample[i - 1]);
  EXPECT_GT(steps.size(), 5u) << "a period of its own";
}

TEST(ContactDetails, DamagedBytesAreRefused) {
  const auto packed = pack_details(contact(1, 20), kHourNumber);
  for (std::size_t length = 0; length < packed.size(); ++length) {
    Contact into;
    const auto status = unpack_details(std::span(packed).first(length), kHourNumber, into);
    ASSERT_FALSE(status) << length;
    EXPECT_EQ(status.error().code, ErrorCode::kMalformed);
  }
  auto newer = packed;
  newer[0] = std::byte{2};
  Contact into;
  EXPECT_EQ(unpack_details(newer, kHourNumber, into).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace noroshi
