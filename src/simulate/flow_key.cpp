#include "simulate/flow_key.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint32_t kLineInterface = 10;
constexpr std::uint32_t kInternetInterface = 1;
constexpr std::uint32_t kOwnAs = 64'500;  // RFC 5398: for documentation
constexpr std::uint32_t kFirstForeignAs = 64'501;
constexpr std::uint32_t kForeignAses = 10;

std::uint32_t foreign_as(const IpAddress& address) {
  return kFirstForeignAs +
         static_cast<std::uint32_t>(mix(address.high(), address.low() >> 8) % kForeignAses);
}

}  // namespace

OneDirection::OneDirection(const Exchange& exchange, bool up)
    : key(up ? Key{exchange.client, exchange.server, exchange.client_port, exchange.server_port,
                   exchange.protocol.value}
             : Key{exchange.server, exchange.client, exchange.server_port, exchange.client_port,
                   exchange.protocol.value}),
      from_line(up != exchange.line_is_server),
      start(to_unix_milliseconds(up ? exchange.start : exchange.start + exchange.delay)),
      duration(static_cast<std::uint64_t>(exchange.duration.count())),
      groups(up ? exchange.up.groups() : exchange.down.groups()) {}

std::size_t OneDirection::Hash::operator()(const Key& flow) const {
  const auto ports = std::uint64_t{flow.source_port} << 24 |
                     std::uint64_t{flow.destination_port} << 8 | flow.protocol;
  return mix(mix(flow.source.low(), flow.destination.low()),
             mix(flow.source.high() ^ flow.destination.high(), ports));
}

std::uint64_t OneDirection::time_of(const PacketGroup& group, std::uint64_t index) const {
  switch (group.placement) {
    case PacketGroup::Placement::kStart:
      return start;
    case PacketGroup::Placement::kEnd:
      return start + duration;
    case PacketGroup::Placement::kSpread:
      break;
  }
  return start + duration * (2 * index + 1) / (2 * std::uint64_t{group.count});
}

void append_row(FlowBatch& rows, const OneDirection::Key& key, const Metered& metered,
                std::uint32_t sampling_rate, std::uint8_t end_reason, std::uint64_t exported) {
  const auto row = rows.append(1);
  rows.mutable_first()[row] = metered.first;
  rows.mutable_last()[row] = metered.last;
  rows.mutable_received()[row] = exported;
  rows.mutable_source_address()[row] = key.source;
  rows.mutable_destination_address()[row] = key.destination;
  rows.mutable_source_port()[row] = key.source_port;
  rows.mutable_destination_port()[row] = key.destination_port;
  rows.mutable_protocol()[row] = key.protocol;
  rows.mutable_tcp_flags()[row] = metered.tcp_flags;
  rows.mutable_packets()[row] = metered.packets;
  rows.mutable_bytes()[row] = metered.bytes;
  rows.mutable_sampling_rate()[row] = sampling_rate;
  rows.mutable_input_interface()[row] = metered.from_line ? kLineInterface : kInternetInterface;
  rows.mutable_output_interface()[row] = metered.from_line ? kInternetInterface : kLineInterface;
  rows.mutable_source_as()[row] = metered.from_line ? kOwnAs : foreign_as(key.source);
  rows.mutable_destination_as()[row] = metered.from_line ? foreign_as(key.destination) : kOwnAs;
  rows.mutable_direction()[row] = static_cast<std::uint8_t>(FlowDirection::kIngress);
  rows.mutable_end_reason()[row] = end_reason;
}

}  // namespace noroshi::simulate
