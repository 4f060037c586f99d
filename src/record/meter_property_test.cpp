// What holds of the meter whatever packets come: generated conversations of a few hosts, so that
// flows meet, with times that run on, stand still, fall back and leap.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "record/meter.h"
#include "record/packets_for_test.h"

namespace noroshi {
namespace {

using std::chrono::milliseconds;

struct Sent {
  PacketHeaders headers;
  milliseconds after{0};  ///< since the packet before
};

FlowKey::End end_of(int number) {
  return {.address = IpAddress::from_v4(0xc0000200U + static_cast<std::uint32_t>(number / 2)),
          .port = static_cast<std::uint16_t>(number % 2)};
}

rc::Gen<Sent> sent_packet() {
  const auto step = rc::gen::weightedOneOf<int>({{20, rc::gen::inRange(0, 500)},
                                                 {4, rc::gen::inRange(-500, 0)},
                                                 {2, rc::gen::inRange(0, 40'000)},
                                                 {1, rc::gen::inRange(-40'000, 0)}});
  return rc::gen::apply(
      [](int from, int to, int protocol, std::uint8_t flags, int length, int fragment, int after) {
        Sent sent{.headers = packet(protocol == 0 ? kTcp : kUdp, end_of(from), end_of(to),
                                    static_cast<std::uint32_t>(length)),
                  .after = milliseconds(after)};
        if (protocol == 0) sent.headers.tcp_flags = flags;
        sent.headers.fragment_id = static_cast<std::uint32_t>(fragment / 3);
        sent.headers.is_fragment = fragment % 3 != 0;
        if (fragment % 3 == 2)
          sent.headers = later_fragment(sent.headers, static_cast<std::uint32_t>(length));
        sent.headers.vlan = static_cast<std::uint16_t>(protocol == 2 ? 7 : 0);
        return sent;
      },
      rc::gen::inRange(0, 6), rc::gen::inRange(0, 6), rc::gen::inRange(0, 3),
      rc::gen::arbitrary<std::uint8_t>(), rc::gen::inRange(0, 2'000), rc::gen::inRange(0, 9), step);
}

struct Limits {
  MeterTimeouts timeouts;
  std::size_t most_flows;
};

Limits some_limits() {
  return {.timeouts = {.active = milliseconds(*rc::gen::inRange(1, 10'000)),
                       .idle = milliseconds(*rc::gen::inRange(1, 5'000))},
          .most_flows = *rc::gen::inRange<std::size_t>(1, 12)};
}

template <typename Values>
std::uint64_t total(const Values& values) {
  return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

RC_GTEST_PROP(MeterProperty, KeepsEveryPacketByteAndFlagOfEachDirection, ()) {
  const auto limits = some_limits();
  Meter meter(limits.timeouts, limits.most_flows, *rc::gen::arbitrary<std::uint64_t>());
  FlowBatch rows(1);
  // By protocol, VLAN, sender and receiver; not by port, as fragments find theirs in the meter.
  struct Sum {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint8_t flags = 0;
    bool operator==(const Sum&) const = default;
  };
  std::map<std::tuple<std::uint8_t, std::uint16_t, IpAddress, IpAddress>, Sum> in;
  std::map<std::tuple<std::uint8_t, std::uint16_t, IpAddress, IpAddress>, Sum> out;
  milliseconds now{1'000'000};
  for (const auto& sent : *rc::gen::container<std::vector<Sent>>(sent_packet())) {
    const auto& headers = sent.headers;
    now += sent.after;
    meter.add(headers, now, rows);
    RC_ASSERT(meter.open_flows() <= limits.most_flows);
    auto& sum =
        in[{headers.protocol, headers.vlan, headers.source_address, headers.destination_address}];
    ++sum.packets;
    sum.bytes += headers.ip_length;
    sum.flags |= headers.tcp_flags;
  }
  meter.finish(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto add = [&](const IpAddress& from, const IpAddress& to, Sum sum) {
      if (sum == Sum{}) return;
      auto& there = out[{rows.protocol()[i], rows.vlan()[i], from, to}];
      there.packets += sum.packets;
      there.bytes += sum.bytes;
      there.flags |= sum.flags;
    };
    const auto& source = rows.source_address()[i];
    const auto& destination = rows.destination_address()[i];
    RC_ASSERT(rows.packets()[i] + rows.reverse_packets()[i] > 0u);
    add(source, destination, {rows.packets()[i], rows.bytes()[i], rows.tcp_flags()[i]});
    add(destination, source,
        {rows.reverse_packets()[i], rows.reverse_bytes()[i], rows.reverse_tcp_flags()[i]});
  }
  RC_ASSERT(in == out);
}

RC_GTEST_PROP(MeterProperty, NeverMakesARowAsLongAsTheActiveTimeout, ()) {
  const auto limits = some_limits();
  Meter meter(limits.timeouts, limits.most_flows, 1);
  FlowBatch rows;
  milliseconds now{1'000'000};
  for (const auto& sent : *rc::gen::container<std::vector<Sent>>(sent_packet())) {
    now += sent.after;
    meter.add(sent.headers, now, rows);
  }
  meter.finish(rows);
  const auto longest = static_cast<std::uint64_t>(limits.timeouts.active.count());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(rows.first()[i] <= rows.last()[i]);
    RC_ASSERT(rows.last()[i] - rows.first()[i] < longest);
  }
}

RC_GTEST_PROP(MeterProperty, CountsEachRowUnderOneReason, ()) {
  const auto limits = some_limits();
  Meter meter(limits.timeouts, limits.most_flows, 1);
  FlowBatch rows;
  milliseconds now{1'000'000};
  const auto all = *rc::gen::container<std::vector<Sent>>(sent_packet());
  for (const auto& sent : all) {
    now += sent.after;
    meter.add(sent.headers, now, rows);
  }
  meter.finish(rows);
  const auto& statistics = meter.statistics();
  RC_ASSERT(statistics.packets == all.size());
  RC_ASSERT(statistics.flows == rows.size());
  RC_ASSERT(statistics.idle_timeouts + statistics.active_timeouts + statistics.closed +
                statistics.forced_ends + statistics.evictions ==
            rows.size());
  RC_ASSERT(total(rows.packets()) + total(rows.reverse_packets()) == all.size());
}

RC_GTEST_PROP(MeterProperty, MakesTheSameRowsUnderEverySeed, ()) {
  const auto limits = some_limits();
  Meter one(limits.timeouts, limits.most_flows, *rc::gen::arbitrary<std::uint64_t>());
  Meter other(limits.timeouts, limits.most_flows, *rc::gen::arbitrary<std::uint64_t>());
  FlowBatch one_rows;
  FlowBatch other_rows;
  milliseconds now{1'000'000};
  for (const auto& sent : *rc::gen::container<std::vector<Sent>>(sent_packet())) {
    now += sent.after;
    one.add(sent.headers, now, one_rows);
    other.add(sent.headers, now, other_rows);
  }
  one.finish(one_rows);
  other.finish(other_rows);
  RC_ASSERT(one_rows.size() == other_rows.size());
  RC_ASSERT(std::ranges::equal(one_rows.source_address(), other_rows.source_address()));
  RC_ASSERT(std::ranges::equal(one_rows.source_port(), other_rows.source_port()));
  RC_ASSERT(std::ranges::equal(one_rows.first(), other_rows.first()));
  RC_ASSERT(std::ranges::equal(one_rows.bytes(), other_rows.bytes()));
}

RC_GTEST_PROP(FlowTableProperty, HoldsWhatAPlainListHolds, ()) {
  constexpr std::size_t kMostFlows = 40;
  FlowTable table(kMostFlows, *rc::gen::arbitrary<std::uint64_t>());
  std::deque<FlowKey> list;  // oldest first
  enum class Step { kInsertOrTouch, kRemove, kRemoveOldest };
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 6), rc::gen::inRange(0, 80)));
  for (const auto& [choice, number] : steps) {
    const FlowKey key{.ends = {end_of(0), end_of(number)}};
    const auto step = choice < 4   ? Step::kInsertOrTouch
                      : choice < 5 ? Step::kRemove
                                   : Step::kRemoveOldest;
    const auto at = std::ranges::find(list, key);
    const auto handle = table.find(key);
    RC_ASSERT(handle.has_value() == (at != list.end()));
    if (handle) RC_ASSERT(table[*handle].key == key);
    if (step == Step::kInsertOrTouch && handle) {
      table.touch(*handle);
      list.erase(at);
      list.push_back(key);
    } else if (step == Step::kInsertOrTouch && !table.full()) {
      table.insert(key);
      list.push_back(key);
    } else if (step == Step::kRemove && handle) {
      table.remove(*handle);
      list.erase(at);
    } else if (step == Step::kRemoveOldest && !list.empty()) {
      table.remove(table.oldest().value());
      list.pop_front();
    }
    RC_ASSERT(table.size() == list.size());
    RC_ASSERT(table.full() == (list.size() == kMostFlows));
    RC_ASSERT(table.oldest().has_value() == !list.empty());
    if (!list.empty()) RC_ASSERT(table[*table.oldest()].key == list.front());
  }
}

}  // namespace
}  // namespace noroshi
