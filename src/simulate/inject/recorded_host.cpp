#include "simulate/inject/recorded_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "net/address_kind.h"
#include "record/recording.h"

namespace noroshi::simulate {

using std::chrono::milliseconds;

Result<RecordedHost> RecordedHost::read(const std::string& path, const InjectPlan& plan,
                                        TruthBook& truth) {
  RecordedHost host;
  std::map<Endpoint, std::uint32_t> servers;
  for (const auto& server : plan.servers)
    servers[server.endpoint] =
        truth.add({.endpoint = server.endpoint,
                   .role = server.role,
                   .kind = "recorded",
                   .family = server.family.empty() ? plan.family : server.family,
                   .botnet = {},
                   .hostile = server.role != "service",
                   .source = plan.file});
  auto recording = TRY(open_recording(path, RecordingOptions{}));
  FlowBatch batch;
  std::vector<std::uint64_t> firsts;
  while (TRY(recording->read(batch))) {
    for (std::size_t row = 0; row < batch.size(); ++row) {
      const auto& source = batch.source_address()[row];
      const auto& destination = batch.destination_address()[row];
      const bool calls = source == plan.host;
      const auto& other = calls ? destination : source;
      if ((!calls && destination != plan.host) || kind_of(other) != AddressKind::kGlobal ||
          static_cast<FlowKind>(batch.kind()[row]) == FlowKind::kEvent ||
          batch.packets()[row] + batch.reverse_packets()[row] == 0) {
        ++host.left_out_;
        continue;
      }
      if (host.flows_.size() == kMostFlows)
        return failure(ErrorCode::kLimit, fmt::format("{}: more than {} flows of {}", path,
                                                      kMostFlows, plan.host.to_string()));
      Flow flow;
      flow.lasts = milliseconds(static_cast<std::int64_t>(
          batch.last()[row] - std::min(batch.first()[row], batch.last()[row])));
      flow.other = other;
      flow.host_called = calls;
      flow.port = calls ? batch.source_port()[row] : batch.destination_port()[row];
      flow.other_port = calls ? batch.destination_port()[row] : batch.source_port()[row];
      flow.protocol = Protocol{batch.protocol()[row]};
      flow.up = {batch.packets()[row], batch.bytes()[row], batch.tcp_flags()[row]};
      flow.down = {batch.reverse_packets()[row], batch.reverse_bytes()[row],
                   batch.reverse_tcp_flags()[row]};
      const auto known = servers.find({other, Port{flow.other_port}, flow.protocol});
      if (known != servers.end()) flow.subject = known->second;
      flow.begins = milliseconds(static_cast<std::int64_t>(batch.first()[row]));
      host.flows_.push_back(flow);
    }
  }
  if (host.flows_.empty())
    return failure(ErrorCode::kNotFound,
                   fmt::format("{}: no flow of {} with the Internet among {} read", path,
                               plan.host.to_string(), host.left_out_));
  std::ranges::stable_sort(host.flows_, {}, &Flow::begins);
  const auto origin = host.flows_.front().begins;
  for (auto& flow : host.flows_) {
    flow.begins -= origin;
    host.lasts_ = std::max(host.lasts_, flow.begins + flow.lasts);
  }
  return host;
}

void Replay::act(const Window& window, Wire& wire) {
  std::erase_if(under_way_, [&](Under& under) { return put(under, window, wire); });
  for (; next_ < host_.flows().size() && begins_ + host_.flows()[next_].begins < window.to;
       ++next_) {
    Under under{next_, 0};
    if (!put(under, window, wire)) under_way_.push_back(under);
  }
}

bool Replay::put(Under& under, const Window& window, Wire& wire) const {
  const auto& flow = host_.flows()[under.flow];
  const auto pieces = flow.lasts / Exchange::kLongest + 1;
  for (; under.piece < pieces; ++under.piece) {
    const auto begins = begins_ + flow.begins + flow.lasts * under.piece / pieces;
    if (begins >= window.to) return false;
    // A recording may be shifted to before the first window.
    if (begins < window.from) continue;
    auto exchange = piece_of(flow, under.piece, pieces);
    exchange.start = begins;
    exchange.duration = flow.lasts / pieces;
    if (exchange.packets() > 0) wire.add(exchange);
  }
  return true;
}

namespace {

/// The way's packets that fall into a piece, sizes as equal as octets allow, the opening flags on
/// the first of all packets, the closing ones on the last.
void add_share(PacketGroups& groups, const RecordedHost::Way& way, std::int64_t piece,
               std::int64_t pieces) {
  using Placement = PacketGroup::Placement;
  const auto share = [&](std::uint64_t of, std::int64_t upto) {
    return of / static_cast<std::uint64_t>(pieces) * static_cast<std::uint64_t>(upto) +
           of % static_cast<std::uint64_t>(pieces) * static_cast<std::uint64_t>(upto) /
               static_cast<std::uint64_t>(pieces);
  };
  const auto before = share(way.packets, piece);
  const auto after = share(way.packets, piece + 1);
  if (after == before) return;
  // Octets in proportion to the packets so far, so that they add up.
  const auto octets_of = [&](std::uint64_t packets) {
    return static_cast<std::uint64_t>(static_cast<WideWord>(way.bytes) * packets / way.packets);
  };
  auto packets = after - before;
  auto octets = octets_of(after) - octets_of(before);
  const bool first = before == 0;
  const bool last = after == way.packets;
  constexpr std::uint8_t kOpening = kTcpSyn;
  constexpr std::uint8_t kClosing = kTcpFin | kTcpRst;
  const auto opening = static_cast<std::uint8_t>(way.tcp_flags & kOpening);
  const auto closing = static_cast<std::uint8_t>(way.tcp_flags & kClosing);
  const auto middle = static_cast<std::uint8_t>(way.tcp_flags & ~(kOpening | kClosing));
  const auto ack = static_cast<std::uint8_t>(way.tcp_flags & kTcpAck);
  const auto take = [&](std::uint8_t flags, Placement placement) {
    const auto size = octets / packets;
    groups.add(
        {1, static_cast<std::uint16_t>(std::min<std::uint64_t>(size, 65'535)), flags, placement});
    --packets;
    octets -= size;
  };
  if (way.packets == 1) {
    take(way.tcp_flags, Placement::kStart);
    return;
  }
  if (first && opening != 0) take(opening, Placement::kStart);
  const bool closes = last && closing != 0 && packets > 0;
  const auto closing_size = closes ? octets / packets : 0;
  if (closes) {
    --packets;
    octets -= closing_size;
  }
  if (packets > 0) {
    const auto size = std::min<std::uint64_t>(octets / packets, 65'534);
    const auto larger = std::min(octets - size * packets, packets);
    groups.add({static_cast<std::uint32_t>(packets - larger), static_cast<std::uint16_t>(size),
                middle, Placement::kSpread});
    groups.add({static_cast<std::uint32_t>(larger), static_cast<std::uint16_t>(size + 1), middle,
                Placement::kSpread});
  }
  if (closes)
    groups.add({1, static_cast<std::uint16_t>(std::min<std::uint64_t>(closing_size, 65'535)),
                static_cast<std::uint8_t>(closing | ack), Placement::kEnd});
}

}  // namespace

Exchange Replay::piece_of(const RecordedHost::Flow& flow, std::int64_t piece,
                          std::int64_t pieces) const {
  Exchange exchange;
  exchange.delay = std::min(milliseconds(20), flow.lasts / pieces);
  const auto port = line_.fixed_port(flow.port);
  const auto& own = flow.other.is_v4() || line_.v6.is_none() ? line_.v4 : line_.v6;
  exchange.client = flow.host_called ? own : flow.other;
  exchange.client_port = flow.host_called ? port : flow.other_port;
  exchange.server = flow.host_called ? flow.other : own;
  exchange.server_port = flow.host_called ? flow.other_port : port;
  exchange.protocol = flow.protocol;
  exchange.line_is_server = !flow.host_called;
  exchange.line = line_.index;
  exchange.subject = flow.subject;
  add_share(exchange.up, flow.up, piece, pieces);
  add_share(exchange.down, flow.down, piece, pieces);
  return exchange;
}

}  // namespace noroshi::simulate
