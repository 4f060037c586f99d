#include "record/meter.h"

#include <algorithm>
#include <random>

#include "net/endpoint.h"

namespace noroshi {
namespace {

using Nanoseconds = std::chrono::nanoseconds;

/// Zero or more, and never so long that counting it in nanoseconds overflows.
Nanoseconds timeout_of(std::chrono::milliseconds timeout) {
  using std::chrono::milliseconds;
  constexpr auto kLongest = std::chrono::duration_cast<milliseconds>(Nanoseconds::max());
  return std::clamp(timeout, milliseconds(0), kLongest);
}

std::uint64_t to_milliseconds(Nanoseconds since_epoch) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
}

bool opens(std::uint8_t tcp_flags) {
  return (tcp_flags & kTcpSyn) != 0 && (tcp_flags & kTcpAck) == 0;
}

bool someone_closed(const OpenFlow& flow) {
  return ((flow.sides[0].tcp_flags | flow.sides[1].tcp_flags) & (kTcpFin | kTcpRst)) != 0;
}

bool is_over(const OpenFlow& flow) {
  const auto& [one, other] = flow.sides;
  return ((one.tcp_flags | other.tcp_flags) & kTcpRst) != 0 ||
         (one.tcp_flags & other.tcp_flags & kTcpFin) != 0;
}

}  // namespace

Meter::Meter(MeterTimeouts timeouts, std::size_t most_flows, std::uint64_t seed)
    : seed_(seed),
      active_(timeout_of(timeouts.active)),
      idle_(timeout_of(timeouts.idle)),
      flows_(most_flows, seed),
      fragments_(seed) {}

std::uint64_t Meter::unpredictable_seed() {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }();
  return seed;
}

void Meter::add(const PacketHeaders& headers, Nanoseconds since_epoch, FlowBatch& finished) {
  const auto time = std::max(since_epoch, Nanoseconds(0));
  advance_clock(time, finished);
  ++statistics_.packets;

  const auto ports = ports_of(headers);
  const FlowKey::End from{.address = headers.source_address, .port = ports.source};
  const FlowKey::End to{.address = headers.destination_address, .port = ports.destination};
  const std::uint8_t sender = from <= to ? 0 : 1;
  const FlowKey key{.ends = {sender == 0 ? from : to, sender == 0 ? to : from},
                    .vlan = headers.vlan,
                    .protocol = headers.protocol};

  auto handle = continued(key, headers, time, finished);
  if (!handle) handle = begin(key, sender, headers, time, finished);

  auto& flow = flows_[*handle];
  flow.first = std::min(flow.first, time);
  flow.last = std::max(flow.last, time);
  flow.touched = now_;
  flows_.touch(*handle);
  auto& side = flow.sides[sender];
  ++side.packets;
  side.bytes += headers.ip_length;
  side.tcp_flags |= headers.tcp_flags;
  if ((headers.tcp_flags & kTcpSyn) != 0 && !flow.source_is_certain) {
    flow.source = opens(headers.tcp_flags) ? sender : static_cast<std::uint8_t>(1 - sender);
    flow.source_is_certain = true;
  }
  if (flow.sides[1 - sender].packets != 0) flow.answered = true;
}

void Meter::finish(FlowBatch& finished) { end_all(finished); }

void Meter::advance_clock(Nanoseconds time, FlowBatch& finished) {
  if (time < now_) {
    ++statistics_.late_packets;
    if (now_ - time < idle_) return;
    // So far back, either nothing open belongs to this packet or one wrong date had sent the clock
    // ahead. Without following it no flow would time out until the old hour is reached again.
    ++statistics_.clock_set_back;
    end_all(finished);
  }
  now_ = time;
  while (const auto oldest = flows_.oldest()) {
    if (now_ - flows_[*oldest].touched < idle_) break;
    end(*oldest, FlowEndReason::kIdleTimeout, finished);
  }
}

FragmentTable::Ports Meter::ports_of(const PacketHeaders& headers) {
  const FragmentTable::Ports own{.source = headers.source_port,
                                 .destination = headers.destination_port};
  if (!headers.is_fragment) return own;
  if (!headers.is_later_fragment) {
    if (fragments_.remember(headers, now_)) ++statistics_.fragments_evicted;
    return own;
  }
  const auto found = fragments_.find(headers, now_);
  ++(found ? statistics_.fragments : statistics_.orphan_fragments);
  return found.value_or(FragmentTable::Ports{});
}

std::optional<FlowTable::Handle> Meter::continued(const FlowKey& key, const PacketHeaders& headers,
                                                  Nanoseconds time, FlowBatch& finished) {
  const auto handle = flows_.find(key);
  if (!handle) return std::nullopt;
  auto& flow = flows_[*handle];
  // The clock has ended idle flows already, but a late packet can have kept one open.
  if (time - flow.last >= idle_) {
    end(*handle, FlowEndReason::kIdleTimeout, finished);
    return std::nullopt;
  }
  if (opens(headers.tcp_flags) && someone_closed(flow)) {
    end(*handle, FlowEndReason::kEndOfFlow, finished);
    return std::nullopt;
  }
  if (std::max(flow.last, time) - std::min(flow.first, time) >= active_) {
    append_row(flow, FlowEndReason::kActiveTimeout, finished);
    flow.sides = {};
    flow.first = flow.last = time;
  }
  return handle;
}

FlowTable::Handle Meter::begin(const FlowKey& key, std::uint8_t source,
                               const PacketHeaders& headers, Nanoseconds time,
                               FlowBatch& finished) {
  if (flows_.full()) end(*flows_.oldest(), FlowEndReason::kLackOfResources, finished);
  const auto handle = flows_.insert(key);
  auto& flow = flows_[handle];
  flow.first = flow.last = time;
  flow.source = source;
  flow.icmp_type = headers.icmp_type;
  flow.icmp_code = headers.icmp_code;
  if (headers.protocol == kTcp.value && (headers.tcp_flags & kTcpSyn) == 0) {
    if (const auto opener = openers_.find(key.hash(seed_), key, now_)) {
      flow.source = *opener;
      flow.source_is_certain = flow.answered = true;
      ++statistics_.resumed;
    }
  }
  return handle;
}

void Meter::append_row(const OpenFlow& flow, FlowEndReason reason, FlowBatch& finished) {
  if ((reason == FlowEndReason::kIdleTimeout || reason == FlowEndReason::kForcedEnd) &&
      is_over(flow))
    reason = FlowEndReason::kEndOfFlow;
  ++statistics_.flows;
  switch (reason) {
    case FlowEndReason::kIdleTimeout:
      ++statistics_.idle_timeouts;
      break;
    case FlowEndReason::kActiveTimeout:
      ++statistics_.active_timeouts;
      break;
    case FlowEndReason::kEndOfFlow:
      ++statistics_.closed;
      break;
    case FlowEndReason::kForcedEnd:
      ++statistics_.forced_ends;
      break;
    case FlowEndReason::kLackOfResources:
      ++statistics_.evictions;
      break;
  }

  const auto row = finished.append(1);
  const auto& source = flow.key.ends[flow.source];
  const auto& destination = flow.key.ends[1 - flow.source];
  const auto& forward = flow.sides[flow.source];
  const auto& reverse = flow.sides[1 - flow.source];
  finished.mutable_kind()[row] = static_cast<std::uint8_t>(FlowKind::kBidirectional);
  finished.mutable_first()[row] = to_milliseconds(flow.first);
  finished.mutable_last()[row] = to_milliseconds(flow.last);
  finished.mutable_received()[row] = to_milliseconds(flow.last);
  finished.mutable_source_address()[row] = source.address;
  finished.mutable_destination_address()[row] = destination.address;
  finished.mutable_source_port()[row] = source.port;
  finished.mutable_destination_port()[row] = destination.port;
  finished.mutable_protocol()[row] = flow.key.protocol;
  finished.mutable_tcp_flags()[row] = forward.tcp_flags;
  finished.mutable_reverse_tcp_flags()[row] = reverse.tcp_flags;
  finished.mutable_packets()[row] = forward.packets;
  finished.mutable_bytes()[row] = forward.bytes;
  finished.mutable_reverse_packets()[row] = reverse.packets;
  finished.mutable_reverse_bytes()[row] = reverse.bytes;
  finished.mutable_sampling_rate()[row] = 1;
  finished.mutable_vlan()[row] = flow.key.vlan;
  finished.mutable_icmp_type()[row] = flow.icmp_type;
  finished.mutable_icmp_code()[row] = flow.icmp_code;
  finished.mutable_end_reason()[row] = static_cast<std::uint8_t>(reason);
}

void Meter::end(FlowTable::Handle handle, FlowEndReason reason, FlowBatch& finished) {
  const auto& flow = flows_[handle];
  append_row(flow, reason, finished);
  // Connections that nobody answered are not worth a place: a scan would take them all.
  if (flow.key.protocol == kTcp.value && flow.source_is_certain && flow.answered &&
      !is_over(flow) && openers_.remember(flow.key.hash(seed_), flow.key, flow.source, now_))
    ++statistics_.openers_evicted;
  flows_.remove(handle);
}

void Meter::end_all(FlowBatch& finished) {
  while (const auto oldest = flows_.oldest()) end(*oldest, FlowEndReason::kForcedEnd, finished);
}

}  // namespace noroshi
