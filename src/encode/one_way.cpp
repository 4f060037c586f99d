#include "encode/one_way.h"

#include <utility>

namespace noroshi {

OneWay forward_of(const FlowBatch& batch, std::size_t row) {
  return OneWay{.first = batch.first()[row],
                .last = batch.last()[row],
                .source_address = batch.source_address()[row],
                .destination_address = batch.destination_address()[row],
                .next_hop = batch.next_hop()[row],
                .packets = batch.packets()[row],
                .bytes = batch.bytes()[row],
                .sampling_rate = batch.sampling_rate()[row],
                .input_interface = batch.input_interface()[row],
                .output_interface = batch.output_interface()[row],
                .source_as = batch.source_as()[row],
                .destination_as = batch.destination_as()[row],
                .source_port = batch.source_port()[row],
                .destination_port = batch.destination_port()[row],
                .vlan = batch.vlan()[row],
                .protocol = batch.protocol()[row],
                .tcp_flags = batch.tcp_flags()[row],
                .direction = batch.direction()[row],
                .icmp_type = batch.icmp_type()[row],
                .icmp_code = batch.icmp_code()[row],
                .end_reason = batch.end_reason()[row]};
}

OneWay reverse_of(const FlowBatch& batch, std::size_t row) {
  OneWay reverse = forward_of(batch, row);
  std::swap(reverse.source_address, reverse.destination_address);
  std::swap(reverse.source_port, reverse.destination_port);
  std::swap(reverse.source_as, reverse.destination_as);
  std::swap(reverse.input_interface, reverse.output_interface);
  reverse.packets = batch.reverse_packets()[row];
  reverse.bytes = batch.reverse_bytes()[row];
  reverse.tcp_flags = batch.reverse_tcp_flags()[row];
  reverse.next_hop = IpAddress();
  reverse.direction = static_cast<std::uint8_t>(FlowDirection::kUnknown);
  reverse.icmp_type = 0;
  reverse.icmp_code = 0;
  return reverse;
}

}  // namespace noroshi
