#pragma once

#include <cstdint>
#include <optional>

#include "model/flow_batch.h"
#include "record/nfcapd_exporters.h"

namespace noroshi {

/// What both layouts of nfcapd flow records have in common, and how it becomes a row.
struct NfcapdFlow {
  std::uint64_t first = 0;  ///< ms since 1970, as all times here
  std::uint64_t last = 0;
  std::uint64_t received = 0;
  std::uint64_t event_time = 0;
  IpAddress source_address;
  IpAddress destination_address;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t out_packets = 0;
  std::uint64_t out_bytes = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;  ///< or ICMP type and code
  std::uint8_t protocol = 0;
  std::uint8_t tcp_flags = 0;
  std::uint16_t exporter_number = 0;
  std::uint32_t engine = 0;  ///< type and number, where no exporter record states the domain
  IpAddress router;          ///< the exporter's address, as kept with the flow
  std::optional<std::uint64_t> sampler;
  bool is_event = false;
  bool is_scaled = false;  ///< nfdump has multiplied the counters by the sampling rate
};

/// Writes the flow to `row` of `batch`. The fields that only some records have (interfaces, AS …)
/// are the layout's own business.
void store_nfcapd_flow(const NfcapdFlow& flow, const NfcapdExporters& exporters,
                       std::uint32_t default_sampling_rate, FlowBatch& batch, std::size_t row);

/// nfdump's direction byte: 1 is egress, 0 is ingress or not exported.
[[nodiscard]] constexpr std::uint8_t nfcapd_direction(std::uint8_t byte) {
  return static_cast<std::uint8_t>(byte == 1 ? FlowDirection::kEgress : FlowDirection::kUnknown);
}

}  // namespace noroshi
