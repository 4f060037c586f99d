#include "encode/nfcapd_records.h"

#include "net/endpoint.h"

namespace noroshi {
namespace {

using namespace nfcapd;

std::uint32_t v4_or_zero(const IpAddress& address) { return address.is_v4() ? address.v4() : 0; }

bool is_v6_address(const IpAddress& address) { return !address.is_none() && !address.is_v4(); }

/// One element of a layout 2 record; `length` is that of its content.
void begin_element(ByteWriter& out, Element element, std::size_t length) {
  out.write_u16_le(element);
  out.write_u16_le(static_cast<std::uint16_t>(length + 4));
}

void write_address_element(ByteWriter& out, Element v4, Element v6, const IpAddress& address) {
  if (address.is_none()) return;
  if (address.is_v4()) {
    begin_element(out, v4, 4);
    out.write_u32_le(address.v4());
  } else {
    begin_element(out, v6, 16);
    write_nfcapd_address6(out, address);
  }
}

void write_address_pair(ByteWriter& out, Element v4, Element v6, const IpAddress& source,
                        const IpAddress& destination) {
  if (is_v6_address(source) || is_v6_address(destination)) {
    begin_element(out, v6, 32);
    write_nfcapd_address6(out, source);
    write_nfcapd_address6(out, destination);
  } else {
    begin_element(out, v4, 8);
    out.write_u32_le(v4_or_zero(source));
    out.write_u32_le(v4_or_zero(destination));
  }
}

void write_generic_flow(ByteWriter& out, const NfcapdRow& flow) {
  const auto& batch = flow.batch;
  const auto row = flow.row;
  begin_element(out, kGenericFlow, 48);
  out.write_u64_le(batch.first()[row]);
  out.write_u64_le(batch.last()[row]);
  out.write_u64_le(batch.received()[row]);
  out.write_u64_le(flow.packets);
  out.write_u64_le(flow.bytes);
  out.write_u16_le(batch.source_port()[row]);
  out.write_u16_le(flow.port_or_icmp());
  out.write_u8(batch.protocol()[row]);
  out.write_u8(batch.tcp_flags()[row]);
  out.write_u16_le(0);  // forwarding status, type of service
}

void write_misc(ByteWriter& out, const NfcapdRow& flow) {
  const auto& batch = flow.batch;
  const auto row = flow.row;
  const bool egress = batch.direction()[row] == static_cast<std::uint8_t>(FlowDirection::kEgress);
  const auto end_reason = batch.end_reason()[row];
  if (batch.input_interface()[row] == 0 && batch.output_interface()[row] == 0 && !egress &&
      end_reason == 0)
    return;
  begin_element(out, kFlowMisc, 16);
  out.write_u32_le(batch.input_interface()[row]);
  out.write_u32_le(batch.output_interface()[row]);
  out.write_u16_le(0);  // masks
  out.write_u8(egress ? 1 : 0);
  out.write_u16_le(0);  // destination type of service, direction of a biflow
  out.write_u8(end_reason);
  out.write_u16_le(0);
}

void write_event(ByteWriter& out, const NfcapdRow& flow) {
  const auto& batch = flow.batch;
  const auto row = flow.row;
  begin_element(out, flow.is_nat_event ? kNatCommon : kNselCommonElement, 16);
  out.write_u64_le(batch.first()[row]);
  if (flow.is_nat_event) {
    out.write_u32_le(0);  // pool
    out.write_u8(batch.event()[row]);
    out.write_zeros(3);
  } else {
    out.write_u32_le(0);  // connection
    out.write_u16_le(0);  // extended event
    out.write_u8(batch.event()[row]);
    out.write_u8(0);
  }
}

}  // namespace

NfcapdRow::NfcapdRow(const FlowBatch& from, std::size_t index)
    : batch(from),
      row(index),
      is_event(from.kind()[index] == static_cast<std::uint8_t>(FlowKind::kEvent)),
      is_v6(is_v6_address(from.source_address()[index]) ||
            is_v6_address(from.destination_address()[index])),
      is_icmp(from.protocol()[index] == kIcmp.value || from.protocol()[index] == kIcmpV6.value) {
  const std::uint64_t rate = std::max<std::uint32_t>(from.sampling_rate()[index], 1);
  packets = from.packets()[index] * rate;
  bytes = from.bytes()[index] * rate;
  reverse_packets = from.reverse_packets()[index] * rate;
  reverse_bytes = from.reverse_bytes()[index] * rate;
  is_nat_event = is_event && is_translated();
}

std::uint16_t NfcapdRow::port_or_icmp() const {
  if (!is_icmp) return batch.destination_port()[row];
  return static_cast<std::uint16_t>(batch.icmp_type()[row] << 8 | batch.icmp_code()[row]);
}

bool NfcapdRow::is_translated() const {
  return !batch.translated_source_address()[row].is_none() ||
         !batch.translated_destination_address()[row].is_none();
}

void write_nfcapd_address6(ByteWriter& out, const IpAddress& address) {
  out.write_u64_le(address.high());
  out.write_u64_le(address.low());
}

void write_nfcapd_flow17(ByteWriter& out, const NfcapdRow& flow, std::uint16_t exporter_number) {
  const auto& batch = flow.batch;
  const auto row = flow.row;
  ByteWriter elements;
  write_generic_flow(elements, flow);
  write_address_pair(elements, kIpv4Flow, kIpv6Flow, batch.source_address()[row],
                     batch.destination_address()[row]);
  write_misc(elements, flow);
  if (flow.has_reverse()) {
    begin_element(elements, kCountFlow, 24);
    elements.write_u64_le(1);  // flows
    elements.write_u64_le(flow.reverse_packets);
    elements.write_u64_le(flow.reverse_bytes);
  }
  if (batch.vlan()[row] != 0) {
    begin_element(elements, kVlanElement, 8);
    elements.write_u32_le(batch.vlan()[row]);
    elements.write_u32_le(0);
  }
  if (batch.source_as()[row] != 0 || batch.destination_as()[row] != 0) {
    begin_element(elements, kAsRouting, 8);
    elements.write_u32_le(batch.source_as()[row]);
    elements.write_u32_le(batch.destination_as()[row]);
  }
  write_address_element(elements, kNextHopV4Element, kNextHopV6Element, batch.next_hop()[row]);
  write_address_element(elements, kReceivedV4, kReceivedV6, batch.exporter()[row]);
  if (flow.is_event) write_event(elements, flow);
  if (flow.is_translated())
    write_address_pair(elements, kXlateV4, kXlateV6, batch.translated_source_address()[row],
                       batch.translated_destination_address()[row]);
  if (batch.translated_source_port()[row] != 0 || batch.translated_destination_port()[row] != 0) {
    begin_element(elements, kXlatePort, 4);
    elements.write_u16_le(batch.translated_source_port()[row]);
    elements.write_u16_le(batch.translated_destination_port()[row]);
  }

  std::uint16_t count = 0;
  for (std::size_t at = 0; at < elements.size(); ++count)
    at += load_little_endian<std::uint16_t>(elements.bytes().data() + at + 2);
  out.write_u16_le(kFlow17);
  out.write_u16_le(static_cast<std::uint16_t>(elements.size() + 12));
  out.write_u16_le(count);
  out.write_u16_le(0);  // engine
  out.write_u16_le(exporter_number);
  out.write_u8(static_cast<std::uint8_t>((flow.is_event ? kEvent17 : 0) |
                                         (flow.is_sampled() ? kSampled17 : 0)));
  out.write_u8(10);  // the protocol it came with: IPFIX
  out.write_bytes(elements.bytes());
}

std::uint32_t NfcapdFlows16::write(ByteWriter& out, const NfcapdRow& flow,
                                   std::uint16_t exporter_number) {
  const auto& batch = flow.batch;
  const auto row = flow.row;
  unsigned flags = flow.is_v6 ? kIpV6 : 0;
  ByteWriter body;
  Extensions extensions;
  const auto extend = [&](Extension extension) -> ByteWriter& {
    extensions.push_back(extension);
    return body;
  };
  const auto write_pair = [&](const IpAddress& source, const IpAddress& destination, bool v6) {
    if (v6) {
      write_nfcapd_address6(body, source);
      write_nfcapd_address6(body, destination);
    } else {
      body.write_u32_le(v4_or_zero(source));
      body.write_u32_le(v4_or_zero(destination));
    }
  };
  const auto write_counter = [&](std::uint64_t value, unsigned flag) {
    if (value > 0xffffffff) {
      flags |= flag;
      body.write_u64_le(value);
    } else {
      body.write_u32_le(static_cast<std::uint32_t>(value));
    }
  };

  write_pair(batch.source_address()[row], batch.destination_address()[row], flow.is_v6);
  write_counter(flow.packets, kPackets64);
  write_counter(flow.bytes, kBytes64);

  const auto input = batch.input_interface()[row];
  const auto output = batch.output_interface()[row];
  if (input > 0xffff || output > 0xffff) {
    extend(kInterfaces32Bit).write_u32_le(input);
    body.write_u32_le(output);
  } else if (input != 0 || output != 0) {
    extend(kInterfaces16Bit).write_u16_le(static_cast<std::uint16_t>(input));
    body.write_u16_le(static_cast<std::uint16_t>(output));
  }
  const auto source_as = batch.source_as()[row];
  const auto destination_as = batch.destination_as()[row];
  if (source_as > 0xffff || destination_as > 0xffff) {
    extend(kAs32Bit).write_u32_le(source_as);
    body.write_u32_le(destination_as);
  } else if (source_as != 0 || destination_as != 0) {
    extend(kAs16Bit).write_u16_le(static_cast<std::uint16_t>(source_as));
    body.write_u16_le(static_cast<std::uint16_t>(destination_as));
  }
  if (batch.direction()[row] == static_cast<std::uint8_t>(FlowDirection::kEgress)) {
    extend(kMultiple).write_u8(0);
    body.write_u8(1);
    body.write_u16_le(0);  // masks
  }
  const auto& next_hop = batch.next_hop()[row];
  if (is_v6_address(next_hop)) {
    flags |= kNextHopV6;
    write_nfcapd_address6(extend(kNextHop6), next_hop);
  } else if (!next_hop.is_none()) {
    extend(kNextHop4).write_u32_le(next_hop.v4());
  }
  if (batch.vlan()[row] != 0) {
    extend(kVlan).write_u16_le(batch.vlan()[row]);
    body.write_u16_le(0);
  }
  if (flow.has_reverse()) {
    if (flow.reverse_packets > 0xffffffff)
      extend(kOutPackets64Bit).write_u64_le(flow.reverse_packets);
    else
      extend(kOutPackets32Bit).write_u32_le(static_cast<std::uint32_t>(flow.reverse_packets));
    if (flow.reverse_bytes > 0xffffffff)
      extend(kOutBytes64Bit).write_u64_le(flow.reverse_bytes);
    else
      extend(kOutBytes32Bit).write_u32_le(static_cast<std::uint32_t>(flow.reverse_bytes));
  }
  const auto& exporter = batch.exporter()[row];
  if (is_v6_address(exporter)) {
    flags |= kRouterV6;
    write_nfcapd_address6(extend(kRouter6), exporter);
  } else if (!exporter.is_none()) {
    extend(kRouter4).write_u32_le(exporter.v4());
  }
  if (batch.received()[row] != 0) extend(kReceived).write_u64_le(batch.received()[row]);
  if (flow.is_event && !flow.is_nat_event) {
    extend(kNselCommon).write_u64_le(batch.first()[row]);
    body.write_u32_le(0);  // connection
    body.write_u16_le(flow.is_icmp ? flow.port_or_icmp() : std::uint16_t{0});
    body.write_u8(batch.event()[row]);
    body.write_zeros(5);
  }
  if (batch.translated_source_port()[row] != 0 || batch.translated_destination_port()[row] != 0) {
    extend(kXlatePorts).write_u16_le(batch.translated_source_port()[row]);
    body.write_u16_le(batch.translated_destination_port()[row]);
  }
  if (flow.is_translated()) {
    const auto& source = batch.translated_source_address()[row];
    const auto& destination = batch.translated_destination_address()[row];
    const bool v6 = is_v6_address(source) || is_v6_address(destination);
    extend(v6 ? kXlate6 : kXlate4);
    write_pair(source, destination, v6);
  }
  if (flow.is_nat_event) {
    extend(kNelCommon).write_u8(batch.event()[row]);
    body.write_zeros(11);
  }

  std::uint32_t records = 1;
  const auto [map, is_new] =
      maps_.try_emplace(extensions, static_cast<std::uint16_t>(maps_.size()));
  if (is_new) {
    ++records;
    // Ends with a zero, and with another where that makes it a multiple of four bytes.
    const std::size_t listed = extensions.size() + 1 + (extensions.size() + 1) % 2;
    std::size_t before = flow.is_v6 ? 32 : 8;
    before += (flags & kPackets64) != 0 ? 8 : 4;
    before += (flags & kBytes64) != 0 ? 8 : 4;
    out.write_u16_le(kExtensionMap);
    out.write_u16_le(static_cast<std::uint16_t>(8 + 2 * listed));
    out.write_u16_le(map->second);
    out.write_u16_le(static_cast<std::uint16_t>(body.size() - before));
    for (const auto extension : extensions) out.write_u16_le(extension);
    out.write_zeros(2 * (listed - extensions.size()));
  }
  if (flow.is_event) flags |= kEvent16;
  if (flow.is_sampled()) flags |= kSampled16;
  out.write_u16_le(narrow_ ? kNarrowFlow16 : kFlow16);
  out.write_u16_le(static_cast<std::uint16_t>(body.size() + (narrow_ ? 28 : 32)));
  if (narrow_) {
    out.write_u8(static_cast<std::uint8_t>(flags));
    out.write_u8(static_cast<std::uint8_t>(exporter_number));
  } else {
    out.write_u16_le(static_cast<std::uint16_t>(flags));
  }
  out.write_u16_le(map->second);
  const auto first = batch.first()[row];
  const auto last = batch.last()[row];
  out.write_u16_le(static_cast<std::uint16_t>(first % 1000));
  out.write_u16_le(static_cast<std::uint16_t>(last % 1000));
  out.write_u32_le(static_cast<std::uint32_t>(first / 1000));
  out.write_u32_le(static_cast<std::uint32_t>(last / 1000));
  out.write_u8(0);  // forwarding status
  out.write_u8(batch.tcp_flags()[row]);
  out.write_u8(batch.protocol()[row]);
  out.write_u8(0);  // type of service
  out.write_u16_le(batch.source_port()[row]);
  out.write_u16_le(flow.port_or_icmp());
  if (!narrow_) {
    out.write_u16_le(exporter_number);
    out.write_u16_le(flow.is_icmp ? flow.port_or_icmp() : std::uint16_t{0});
  }
  out.write_bytes(body.bytes());
  return records;
}

}  // namespace noroshi
