#include "simulate/exchange.h"

#include <algorithm>

#include "base/check.h"
#include "model/flow_batch.h"

namespace noroshi::simulate {
namespace {

using Placement = PacketGroup::Placement;

constexpr std::uint16_t kLargestPacket = 1500;
constexpr std::uint16_t kUdpHeader = 8;
constexpr std::uint16_t kTcpHeader = 32;     // with the timestamps that every stack sends
constexpr std::uint16_t kTcpSynHeader = 40;  // with all the options of a handshake

std::uint16_t ip_header(const Exchange& exchange) { return exchange.client.is_v4() ? 20 : 40; }

std::uint16_t sized(std::size_t octets) {
  return static_cast<std::uint16_t>(std::min<std::size_t>(octets, kLargestPacket));
}

/// Data segments of one direction; returns how many packets they are.
std::uint32_t add_segments(PacketGroups& groups, std::uint64_t bytes, std::uint16_t header) {
  if (bytes == 0) return 0;
  const auto segment = static_cast<std::uint64_t>(kLargestPacket - header);
  const auto full = static_cast<std::uint32_t>(bytes / segment);
  const auto rest = bytes % segment;
  if (full > 0) groups.add({.count = full, .size = kLargestPacket, .tcp_flags = kTcpAck});
  if (rest > 0)
    groups.add({.count = 1, .size = sized(rest + header), .tcp_flags = kTcpAck | kTcpPsh});
  return full + (rest > 0 ? 1 : 0);
}

}  // namespace

void PacketGroups::add(const PacketGroup& group) {
  CHECK(size_ < kMost);
  if (group.count > 0) groups_[size_++] = group;
}

void add_tcp(Exchange& exchange, const TcpPart& part) {
  const auto header = static_cast<std::uint16_t>(ip_header(exchange) + kTcpHeader);
  const auto syn = static_cast<std::uint16_t>(ip_header(exchange) + kTcpSynHeader);
  if (part.opens) {
    exchange.up.add({1, syn, kTcpSyn, Placement::kStart});
    exchange.down.add({1, syn, kTcpSyn | kTcpAck, Placement::kStart});
  }
  const auto up = add_segments(exchange.up, part.up_bytes, header);
  const auto down = add_segments(exchange.down, part.down_bytes, header);
  exchange.up.add({(down + 1) / 2 + (part.opens ? 1u : 0u), header, kTcpAck, Placement::kSpread});
  exchange.down.add({(up + 1) / 2, header, kTcpAck, Placement::kSpread});
  if (part.closes) {
    exchange.up.add({1, header, kTcpFin | kTcpAck, Placement::kEnd});
    exchange.down.add({1, header, kTcpFin | kTcpAck, Placement::kEnd});
  }
}

void add_syn(Exchange& exchange, SynAnswer answer) {
  // Scanners build their packets by hand: a bare header, no options.
  const auto size = static_cast<std::uint16_t>(ip_header(exchange) + 20);
  exchange.up.add({1, size, kTcpSyn, Placement::kStart});
  if (answer == SynAnswer::kReset)
    exchange.down.add({1, size, kTcpRst | kTcpAck, Placement::kStart});
  if (answer == SynAnswer::kAccept)
    exchange.down.add({1, size, kTcpSyn | kTcpAck, Placement::kStart});
}

void add_udp(Exchange& exchange, const UdpPart& part) {
  const auto header = static_cast<std::size_t>(ip_header(exchange) + kUdpHeader);
  exchange.up.add({part.up_packets, sized(part.up_size + header), 0, Placement::kSpread});
  exchange.down.add({part.down_packets, sized(part.down_size + header), 0, Placement::kSpread});
}

}  // namespace noroshi::simulate
