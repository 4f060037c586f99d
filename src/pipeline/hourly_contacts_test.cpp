#include "pipeline/hourly_contacts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kStart = 498'000 * kHour + 600'000;  // ten past

/// One answered TCP connection, ended at `last`.
FlowBatch flow_at(std::uint64_t last, std::uint32_t client = 0x0a000001) {
  FlowBatch batch(1);
  batch.append(1);
  batch.mutable_kind()[0] = static_cast<std::uint8_t>(FlowKind::kBidirectional);
  batch.mutable_first()[0] = last - 1000;
  batch.mutable_last()[0] = last;
  batch.mutable_source_address()[0] = IpAddress::from_v4(client);
  batch.mutable_destination_address()[0] = IpAddress::from_v4(0xc6336401);
  batch.mutable_source_port()[0] = 40'000;
  batch.mutable_destination_port()[0] = 443;
  batch.mutable_protocol()[0] = 6;
  batch.mutable_tcp_flags()[0] = kTcpSyn | kTcpAck | kTcpFin;
  batch.mutable_reverse_tcp_flags()[0] = kTcpSyn | kTcpAck | kTcpFin;
  batch.mutable_packets()[0] = batch.mutable_reverse_packets()[0] = 5;
  batch.mutable_bytes()[0] = batch.mutable_reverse_bytes()[0] = 500;
  batch.mutable_sampling_rate()[0] = 1;
  return batch;
}

HourlyContacts::Config watchful() { return {{}, 64, std::chrono::milliseconds(5)}; }

struct World {
  std::atomic<std::uint64_t> now{kStart};
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, std::size_t>> stored;  // hour, contacts
  std::vector<FlowBatch> history;

  HourlyContacts::Dependencies dependencies(bool with_history) {
    HourlyContacts::Dependencies result;
    result.now = [this] { return from_unix_milliseconds(now); };
    result.store = [this](std::uint64_t hour, const ContactSummary& summary) -> Status {
      const std::lock_guard lock(mutex);
      stored.emplace_back(hour, summary.contacts.size());
      return {};
    };
    if (with_history)
      result.read_back = [this](std::uint64_t hour,
                                const std::function<Status(const FlowBatch&)>& add) -> Status {
        for (const auto& batch : history)
          if (batch.last()[0] / kHour == hour) TRY(add(batch));
        return {};
      };
    return result;
  }
  template <typename Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 500 && !condition(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return condition();
  }
};

TEST(HourlyContacts, ClosesAnHourOnceItsGraceIsOver) {
  World world;
  HourlyContacts contacts(watchful(), world.dependencies(false));
  contacts.start();
  const auto next_hour = (kStart / kHour + 1) * kHour;
  contacts.offer(flow_at(next_hour + 1000));
  contacts.offer(flow_at(next_hour + 2000, 0x0a000002));
  ASSERT_TRUE(World::eventually([&] { return contacts.statistics().flows == 2; }));
  world.now = next_hour + kHour + HourlyContacts::kGrace - 1;
  contacts.offer(flow_at(next_hour + 3000, 0x0a000003));  // late, but within the grace
  ASSERT_TRUE(World::eventually([&] { return contacts.statistics().flows == 3; }));
  EXPECT_EQ(contacts.statistics().hours, 0u);
  world.now = next_hour + kHour + HourlyContacts::kGrace;
  ASSERT_TRUE(World::eventually([&] { return contacts.statistics().hours == 1; }));
  EXPECT_EQ(world.stored,
            (std::vector<std::pair<std::uint64_t, std::size_t>>{{next_hour / kHour, 3}}));
  contacts.offer(flow_at(next_hour + 4000));
  EXPECT_TRUE(World::eventually([&] { return contacts.statistics().flows_late == 1; }));
}

TEST(HourlyContacts, RebuildsTheHourInWhichItBeganFromTheHistory) {
  World world;
  world.history.push_back(flow_at(kStart - 1000, 0x0a000009));  // before this process
  world.history.push_back(flow_at(kStart + 1000));
  HourlyContacts contacts(watchful(), world.dependencies(true));
  contacts.start();
  contacts.offer(flow_at(kStart + 1000));
  ASSERT_TRUE(World::eventually([&] { return contacts.statistics().flows == 1; }));
  world.now = kStart + kHour;
  ASSERT_TRUE(World::eventually([&] { return contacts.statistics().hours == 1; }));
  EXPECT_EQ(contacts.statistics().hours_rebuilt, 1u);
  EXPECT_EQ(world.stored.at(0).second, 2u);
}

TEST(HourlyContacts, RebuildsWhatAnEarlierProcessLeftUndone) {
  World world;
  constexpr auto hour = kStart / kHour - 5;
  world.history.push_back(flow_at(hour * kHour + 5000));
  auto dependencies = world.dependencies(true);
  dependencies.unfinished = [] { return std::vector<std::uint64_t>{hour, kStart / kHour}; };
  HourlyContacts contacts(watchful(), dependencies);
  contacts.start();
  ASSERT_TRUE(World::eventually([&] { return contacts.statistics().hours == 1; }));
  EXPECT_EQ(world.stored, (std::vector<std::pair<std::uint64_t, std::size_t>>{{hour, 1}}));
}

TEST(HourlyContacts, SplitsABatchThatSpansHours) {
  World world;
  HourlyContacts contacts(watchful(), world.dependencies(false));
  contacts.start();
  const auto boundary = (kStart / kHour + 2) * kHour;
  world.now = boundary + 1000;
  auto batch = flow_at(boundary - 1);
  batch.append_row(flow_at(boundary + 1, 0x0a000002), 0);
  batch.append_row(flow_at(boundary + 100 * kHour), 0);  // a clock far ahead
  contacts.offer(batch);
  ASSERT_TRUE(World::eventually([&] { return contacts.statistics().flows == 2; }));
  EXPECT_EQ(contacts.statistics().flows_late, 1u);
  world.now = boundary + kHour + HourlyContacts::kGrace;
  EXPECT_TRUE(World::eventually([&] { return contacts.statistics().hours == 2; }));
}

TEST(HourlyContacts, CountsWhatItCannotTake) {
  World world;
  HourlyContacts contacts({{}, 2, std::chrono::milliseconds(5)},
                          world.dependencies(false));  // not started: nothing drains
  for (int i = 0; i < 5; ++i) contacts.offer(flow_at(kStart));
  EXPECT_EQ(contacts.statistics().queued, 2u);
  EXPECT_EQ(contacts.statistics().flows_passed, 3u);
}

}  // namespace
}  // namespace noroshi
