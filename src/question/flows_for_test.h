#pragma once

#include <string_view>
#include <vector>

#include "base/check.h"
#include "model/flow_batch.h"

namespace noroshi {

/// A flow as the tests of questions state it: what is not named is as in most of them.
struct TestFlow {
  std::string_view source = "192.0.2.1";
  std::string_view destination = "198.51.100.1";
  std::uint16_t source_port = 40'000;
  std::uint16_t destination_port = 443;
  std::uint8_t protocol = 6;
  std::uint64_t packets = 1;
  std::uint64_t bytes = 100;
  std::uint64_t first = 1'000'000;
  std::uint64_t last = 1'001'000;
  std::uint32_t sampling_rate = 0;
  FlowKind kind = FlowKind::kUnidirectional;
  std::uint64_t reverse_packets = 0;
  std::uint64_t reverse_bytes = 0;
  std::uint32_t source_as = 0;
};

inline FlowBatch batch_of(const std::vector<TestFlow>& flows) {
  FlowBatch batch(flows.size() + 1);
  for (const auto& flow : flows) {
    const auto row = batch.append(1);
    const auto source = IpAddress::parse(flow.source);
    const auto destination = IpAddress::parse(flow.destination);
    CHECK(source && destination);
    batch.mutable_kind()[row] = static_cast<std::uint8_t>(flow.kind);
    batch.mutable_source_address()[row] = *source;
    batch.mutable_destination_address()[row] = *destination;
    batch.mutable_source_port()[row] = flow.source_port;
    batch.mutable_destination_port()[row] = flow.destination_port;
    batch.mutable_protocol()[row] = flow.protocol;
    batch.mutable_packets()[row] = flow.packets;
    batch.mutable_bytes()[row] = flow.bytes;
    batch.mutable_first()[row] = flow.first;
    batch.mutable_last()[row] = flow.last;
    batch.mutable_sampling_rate()[row] = flow.sampling_rate;
    batch.mutable_reverse_packets()[row] = flow.reverse_packets;
    batch.mutable_reverse_bytes()[row] = flow.reverse_bytes;
    batch.mutable_source_as()[row] = flow.source_as;
  }
  return batch;
}

}  // namespace noroshi
