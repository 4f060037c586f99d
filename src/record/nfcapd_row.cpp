#include "record/nfcapd_row.h"

#include "net/endpoint.h"

namespace noroshi {
namespace {

/// The counters as they were exported: nfdump's multiplication undone where it is known.
std::uint32_t unscale(NfcapdFlow& flow, std::uint32_t rate) {
  const auto divides = [&](std::uint64_t counter) { return counter % rate == 0; };
  if (rate == 0 || !divides(flow.packets) || !divides(flow.bytes) || !divides(flow.out_packets) ||
      !divides(flow.out_bytes))
    return 0;
  flow.packets /= rate;
  flow.bytes /= rate;
  flow.out_packets /= rate;
  flow.out_bytes /= rate;
  return rate;
}

}  // namespace

void store_nfcapd_flow(const NfcapdFlow& stored, const NfcapdExporters& exporters,
                       std::uint32_t default_sampling_rate, FlowBatch& batch, std::size_t row) {
  NfcapdFlow flow = stored;
  const auto* exporter = exporters.find(flow.exporter_number);

  std::uint32_t rate = exporter != nullptr ? exporter->rate(flow.sampler) : 0;
  if (flow.is_scaled)
    rate = unscale(flow, rate);
  else if (rate == 0)
    rate = default_sampling_rate;
  if (rate != 0) batch.mutable_sampling_rate()[row] = rate;

  auto kind = FlowKind::kUnidirectional;
  if (flow.is_event) {
    kind = FlowKind::kEvent;
    if (flow.first == 0) flow.first = flow.event_time;
    if (flow.last == 0) flow.last = flow.event_time;
  } else if (flow.out_packets != 0 || flow.out_bytes != 0) {
    kind = FlowKind::kBidirectional;
  }
  if (kind != FlowKind::kUnidirectional)
    batch.mutable_kind()[row] = static_cast<std::uint8_t>(kind);
  if (flow.out_packets != 0) batch.mutable_reverse_packets()[row] = flow.out_packets;
  if (flow.out_bytes != 0) batch.mutable_reverse_bytes()[row] = flow.out_bytes;

  batch.mutable_first()[row] = flow.first;
  batch.mutable_last()[row] = flow.last;
  if (flow.received != 0) batch.mutable_received()[row] = flow.received;
  batch.mutable_source_address()[row] = flow.source_address;
  batch.mutable_destination_address()[row] = flow.destination_address;
  batch.mutable_packets()[row] = flow.packets;
  batch.mutable_bytes()[row] = flow.bytes;
  batch.mutable_protocol()[row] = flow.protocol;
  batch.mutable_tcp_flags()[row] = flow.tcp_flags;
  if (flow.protocol == kIcmp.value || flow.protocol == kIcmpV6.value) {
    batch.mutable_icmp_type()[row] = static_cast<std::uint8_t>(flow.destination_port >> 8);
    batch.mutable_icmp_code()[row] = static_cast<std::uint8_t>(flow.destination_port & 0xff);
  } else {
    batch.mutable_source_port()[row] = flow.source_port;
    batch.mutable_destination_port()[row] = flow.destination_port;
  }

  const bool stated = exporter != nullptr && exporter->stated;
  const auto& address = stated && !exporter->address.is_none() ? exporter->address : flow.router;
  const auto domain = stated ? exporter->observation_domain_id : flow.engine;
  if (!address.is_none()) batch.mutable_exporter()[row] = address;
  if (domain != 0) batch.mutable_observation_domain_id()[row] = domain;
}

}  // namespace noroshi
