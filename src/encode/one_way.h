#pragma once

#include <cstddef>
#include <cstdint>

#include "model/flow_batch.h"
#include "net/ip_address.h"

namespace noroshi {

/// The packets of a row in one direction: what one export record says.
struct OneWay {
  std::uint64_t first = 0;  ///< ms since 1970 UTC
  std::uint64_t last = 0;
  IpAddress source_address;
  IpAddress destination_address;
  IpAddress next_hop;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint32_t sampling_rate = 0;
  std::uint32_t input_interface = 0;
  std::uint32_t output_interface = 0;
  std::uint32_t source_as = 0;
  std::uint32_t destination_as = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t vlan = 0;
  std::uint8_t protocol = 0;
  std::uint8_t tcp_flags = 0;
  std::uint8_t direction = 0;  ///< FlowDirection
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint8_t end_reason = 0;

  [[nodiscard]] bool is_v4() const { return source_address.is_v4() && destination_address.is_v4(); }
};

/// The row as its source sent it.
[[nodiscard]] OneWay forward_of(const FlowBatch& batch, std::size_t row);
/// The answer within a bidirectional row: addresses, ports, interfaces and systems change places;
/// next hop, ICMP type and direction, which belong to one way only, are not known.
[[nodiscard]] OneWay reverse_of(const FlowBatch& batch, std::size_t row);

/// Calls `visit(const OneWay&)` for each record that the batch makes, in order, and returns how
/// many rows are no traffic and were left out.
template <typename Visitor>
std::size_t for_each_one_way(const FlowBatch& batch, Visitor&& visit) {
  std::size_t left_out = 0;
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const auto kind = static_cast<FlowKind>(batch.kind()[row]);
    if (kind == FlowKind::kEvent) {
      ++left_out;
      continue;
    }
    visit(forward_of(batch, row));
    if (kind == FlowKind::kBidirectional && batch.reverse_packets()[row] > 0)
      visit(reverse_of(batch, row));
  }
  return left_out;
}

}  // namespace noroshi
