#include "simulate/meter.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <queue>
#include <vector>

#include "simulate/flow_key.h"

namespace noroshi::simulate {
namespace {

// IPFIX flowEndReason (136).
constexpr std::uint8_t kIdleTimeout = 1;
constexpr std::uint8_t kActiveTimeout = 2;
constexpr std::uint8_t kEndOfFlow = 3;
constexpr std::uint8_t kLackOfResources = 5;
/// What still comes of a closed connection comes within this, ms.
constexpr std::uint64_t kLastOfClosed = 1'000;

std::uint64_t as_unsigned(std::chrono::milliseconds duration) {
  return static_cast<std::uint64_t>(duration.count());
}

/// Calls `visit(direction, group, probe's time)` for every sampled packet of a sweep.
template <typename Visitor>
void for_each_sampled(const Sweep& sweep, PacketSampler& sampler, Visitor&& visit) {
  for (const bool up : {true, false}) {
    // Probes without an answer count as packets that pass by: sampling has no memory, so that the
    // packets that there are keep their chance.
    for (auto index = sampler.next(0, sweep.count); index;
         index = sampler.next(*index + 1, sweep.count)) {
      const auto exchange = sweep.probe(static_cast<std::uint32_t>(*index));
      const OneDirection direction(exchange, up);
      for (const auto& group : direction.groups) visit(direction, group);
    }
  }
}

Metered one_packet(const OneDirection& direction, const PacketGroup& group) {
  return {.first = direction.start,
          .last = direction.start,
          .packets = 1,
          .bytes = group.size,
          .tcp_flags = group.tcp_flags,
          .from_line = direction.from_line};
}

class FlowCache final : public Meter {
 public:
  FlowCache(PacketSampler sampler, FlowTimeouts timeouts)
      : sampler_(sampler),
        active_(as_unsigned(timeouts.active)),
        idle_(as_unsigned(timeouts.idle)),
        most_flows_(timeouts.most_flows) {}

  void observe(const Exchange& exchange) override {
    if (sampler_.pass(exchange.packets())) return;
    for (const bool up : {true, false}) {
      const OneDirection direction(exchange, up);
      const auto metered = meter(direction);
      if (metered.packets > 0) add(direction.key, metered);
    }
  }

  void observe(const Sweep& sweep) override {
    for_each_sampled(sweep, sampler_,
                     [this](const OneDirection& direction, const PacketGroup& group) {
                       add(direction.key, one_packet(direction, group));
                     });
  }

  void collect(Timestamp now, FlowBatch& rows) override {
    const auto moment = to_unix_milliseconds(now);
    const auto exported = [&](std::uint64_t since) {
      return std::clamp(since, collected_until_, moment);
    };
    // What ends a few milliseconds into the next second waits for it.
    std::erase_if(ready_, [&](const Ready& ready) {
      if (ready.metered.last > moment) return false;
      append_row(rows, ready.key, ready.metered, sampler_.rate(), ready.end_reason,
                 exported(ready.when));
      return true;
    });
    while (!due_.empty() && due_.top().when <= moment) {
      const auto due = due_.top();
      due_.pop();
      const auto found = flows_.find(due.key);
      if (found == flows_.end() || found->second.serial != due.serial) continue;
      const auto& flow = found->second;
      if (const auto [when, reason] = end_of(flow); when <= moment) {
        append_row(rows, due.key, flow.metered, sampler_.rate(), reason, exported(when));
        flows_.erase(found);
      } else {
        due_.push({when, due.serial, due.key});
      }
    }
    collected_until_ = moment;
  }

  [[nodiscard]] bool empty() const override { return flows_.empty() && ready_.empty(); }
  [[nodiscard]] std::uint64_t evicted() const override { return evicted_; }

 private:
  using Key = OneDirection::Key;
  struct Flow {
    Metered metered;
    std::uint64_t serial = 0;  // tells this flow from an earlier one of the same key
    bool ended = false;        // FIN or RST seen
  };
  struct Ready {
    Key key;
    Metered metered;
    std::uint8_t end_reason;
    std::uint64_t when;
  };
  struct Due {
    std::uint64_t when;
    std::uint64_t serial;
    Key key;
    // Serials are unique among moments, so the order never depends on the keys.
    friend bool operator>(const Due& a, const Due& b) {
      return a.when != b.when ? a.when > b.when : a.serial > b.serial;
    }
  };
  struct End {
    std::uint64_t when;
    std::uint8_t reason;
  };

  Metered meter(const OneDirection& direction) {
    Metered metered{.from_line = direction.from_line};
    for (const auto& group : direction.groups) {
      const auto taken = sampler_.take(group.count);
      if (taken.count == 0) continue;
      const auto first = direction.time_of(group, taken.first);
      const auto last = direction.time_of(group, taken.last);
      metered.first = metered.packets == 0 ? first : std::min(metered.first, first);
      metered.last = std::max(metered.last, last);
      metered.packets += taken.count;
      metered.bytes += taken.count * group.size;
      metered.tcp_flags |= group.tcp_flags;
    }
    return metered;
  }

  void add(const Key& key, const Metered& metered) {
    auto [found, is_new] = flows_.try_emplace(key);
    auto& flow = found->second;
    if (!is_new) {
      // A packet behind a timeout that the clock has not come to yet begins another flow.
      const auto [end, reason] = end_of(flow);
      // A closed connection's ports may serve another before the cache is next looked at.
      const auto grace = reason == kEndOfFlow ? kLastOfClosed : 0;
      const bool timed_out = metered.first >= end + grace;
      const bool too_long = metered.last > flow.metered.first + active_;
      if ((timed_out || too_long) && metered.first >= flow.metered.last) {
        ready_.push_back({key, flow.metered, timed_out ? reason : kActiveTimeout,
                          timed_out ? end : flow.metered.first + active_});
        is_new = true;
      }
    } else if (flows_.size() > most_flows_) {
      evict_next(key);
    }
    if (is_new) {
      flow = Flow{.metered = metered, .serial = next_serial_++};
      flow.ended = ends(metered);
      due_.push({end_of(flow).when, flow.serial, key});
      return;
    }
    auto& whole = flow.metered;
    whole.first = std::min(whole.first, metered.first);
    whole.last = std::max(whole.last, metered.last);
    whole.packets += metered.packets;
    whole.bytes += metered.bytes;
    whole.tcp_flags |= metered.tcp_flags;
    if (!flow.ended && ends(metered)) {
      flow.ended = true;
      flow.serial = next_serial_++;
      due_.push({end_of(flow).when, flow.serial, key});
    }
  }

  /// Ends the flow whose timeout comes next, `kept` excepted.
  void evict_next(const Key& kept) {
    while (!due_.empty()) {
      const auto due = due_.top();
      due_.pop();
      const auto found = flows_.find(due.key);
      if (found == flows_.end() || found->second.serial != due.serial || due.key == kept) continue;
      const auto& metered = found->second.metered;
      ready_.push_back({due.key, metered, kLackOfResources, metered.last});
      flows_.erase(found);
      ++evicted_;
      return;
    }
  }

  static bool ends(const Metered& metered) {
    return (metered.tcp_flags & (kTcpFin | kTcpRst)) != 0;
  }

  [[nodiscard]] End end_of(const Flow& flow) const {
    if (flow.ended) return {flow.metered.last, kEndOfFlow};
    const auto idle = flow.metered.last + idle_;
    const auto active = std::max(flow.metered.first + active_, flow.metered.last);
    return active < idle ? End{active, kActiveTimeout} : End{idle, kIdleTimeout};
  }

  PacketSampler sampler_;
  std::uint64_t active_;
  std::uint64_t idle_;
  std::size_t most_flows_;
  std::uint64_t evicted_ = 0;
  std::uint64_t collected_until_ = 0;
  std::uint64_t next_serial_ = 0;
  /// Never walked: its order is not ours.
  boost::unordered_flat_map<Key, Flow, OneDirection::Hash> flows_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<Ready> ready_;
};

class PacketExporter final : public Meter {
 public:
  explicit PacketExporter(PacketSampler sampler) : sampler_(sampler) {}

  void observe(const Exchange& exchange) override {
    if (sampler_.pass(exchange.packets())) return;
    for (const bool up : {true, false}) {
      const OneDirection direction(exchange, up);
      for (const auto& group : direction.groups) {
        for (auto index = sampler_.next(0, group.count); index;
             index = sampler_.next(*index + 1, group.count)) {
          auto packet = one_packet(direction, group);
          packet.first = packet.last = direction.time_of(group, *index);
          packets_.push({.serial = next_serial_++, .key = direction.key, .metered = packet});
        }
      }
    }
  }
  void observe(const Sweep& sweep) override {
    for_each_sampled(sweep, sampler_,
                     [this](const OneDirection& direction, const PacketGroup& group) {
                       packets_.push({.serial = next_serial_++,
                                      .key = direction.key,
                                      .metered = one_packet(direction, group)});
                     });
  }

  void collect(Timestamp now, FlowBatch& rows) override {
    const auto moment = to_unix_milliseconds(now);
    for (; !packets_.empty() && packets_.top().metered.first <= moment; packets_.pop())
      append_row(rows, packets_.top().key, packets_.top().metered, sampler_.rate(), 0,
                 packets_.top().metered.first);
  }

  [[nodiscard]] bool empty() const override { return packets_.empty(); }
  [[nodiscard]] std::uint64_t evicted() const override { return 0; }

 private:
  struct Packet {
    std::uint64_t serial;
    OneDirection::Key key;
    Metered metered;
    friend bool operator>(const Packet& a, const Packet& b) {
      return a.metered.first != b.metered.first ? a.metered.first > b.metered.first
                                                : a.serial > b.serial;
    }
  };

  PacketSampler sampler_;
  std::uint64_t next_serial_ = 0;
  // Holds what lies ahead within an exchange: at most Exchange::kLongest and the two minutes of a
  // transfer's parts, of sampled packets.
  std::priority_queue<Packet, std::vector<Packet>, std::greater<>> packets_;
};

}  // namespace

std::unique_ptr<Meter> make_flow_cache(PacketSampler sampler, FlowTimeouts timeouts) {
  return std::make_unique<FlowCache>(sampler, timeouts);
}

std::unique_ptr<Meter> make_packet_exporter(PacketSampler sampler) {
  return std::make_unique<PacketExporter>(sampler);
}

}  // namespace noroshi::simulate
