#pragma once

#include <cstdint>
#include <string_view>

#include "model/flow_batch.h"

namespace noroshi::testing {

/// One flow as a test wants it; times in ms.
struct TestFlow {
  std::string_view source = "192.168.1.2";
  std::uint16_t source_port = 40000;
  std::string_view destination = "198.51.100.7";
  std::uint16_t destination_port = 4444;
  Protocol protocol = kTcp;
  std::uint64_t first = 0;
  std::uint64_t duration = 100;
  std::uint64_t packets = 3;
  std::uint64_t bytes = 180;
  std::uint64_t reverse_packets = 0;
  std::uint64_t reverse_bytes = 0;
  std::uint8_t flags = kTcpSyn;
  std::uint8_t reverse_flags = 0;
  FlowKind kind = FlowKind::kBidirectional;
  std::uint32_t sampling_rate = 1;
  std::uint8_t end_reason = 0;
};

inline constexpr std::uint64_t kStart = 1'700'000'000'000;
inline constexpr std::uint8_t kWhole = kTcpSyn | kTcpAck | kTcpPsh | kTcpFin;

inline void append(FlowBatch& batch, const TestFlow& flow) {
  const auto row = batch.append(1);
  const bool ports = flow.protocol == kTcp || flow.protocol == kUdp;
  batch.mutable_kind()[row] = static_cast<std::uint8_t>(flow.kind);
  batch.mutable_first()[row] = kStart + flow.first;
  batch.mutable_last()[row] = kStart + flow.first + flow.duration;
  batch.mutable_source_address()[row] = IpAddress::parse(flow.source).value();
  batch.mutable_destination_address()[row] = IpAddress::parse(flow.destination).value();
  batch.mutable_source_port()[row] = ports ? flow.source_port : std::uint16_t{0};
  batch.mutable_destination_port()[row] = ports ? flow.destination_port : std::uint16_t{0};
  batch.mutable_protocol()[row] = flow.protocol.value;
  batch.mutable_tcp_flags()[row] = flow.protocol == kTcp ? flow.flags : std::uint8_t{0};
  batch.mutable_reverse_tcp_flags()[row] =
      flow.protocol == kTcp ? flow.reverse_flags : std::uint8_t{0};
  batch.mutable_packets()[row] = flow.packets;
  batch.mutable_bytes()[row] = flow.bytes;
  batch.mutable_reverse_packets()[row] = flow.reverse_packets;
  batch.mutable_reverse_bytes()[row] = flow.reverse_bytes;
  batch.mutable_sampling_rate()[row] = flow.sampling_rate;
  batch.mutable_end_reason()[row] = flow.end_reason;
}

/// The same conversation answered: a handshake, data both ways, an end.
inline TestFlow answered(TestFlow flow, std::uint64_t up = 400, std::uint64_t down = 600) {
  flow.packets = 6;
  flow.bytes = up;
  flow.reverse_packets = 5;
  flow.reverse_bytes = down;
  flow.flags = flow.reverse_flags = kWhole;
  return flow;
}

}  // namespace noroshi::testing
