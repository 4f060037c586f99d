#include "record/nfcapd_flow17.h"

#include "base/byte_order.h"
#include "encode/nfcapd_format.h"
#include "record/nfcapd_row.h"

namespace noroshi {
namespace {

using namespace nfcapd;
using Bytes = std::span<const std::byte>;

constexpr std::size_t kRecordHeader = 12;
constexpr std::size_t kElementHeader = 4;

// Callers have checked that the bytes are there.
std::uint8_t u8(Bytes bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
std::uint16_t u16(Bytes bytes, std::size_t at) {
  return load_little_endian<std::uint16_t>(bytes.data() + at);
}
std::uint32_t u32(Bytes bytes, std::size_t at) {
  return load_little_endian<std::uint32_t>(bytes.data() + at);
}
std::uint64_t u64(Bytes bytes, std::size_t at) {
  return load_little_endian<std::uint64_t>(bytes.data() + at);
}
IpAddress v4(Bytes bytes, std::size_t at) {
  const auto address = u32(bytes, at);
  return address == 0 ? IpAddress() : IpAddress::from_v4(address);
}
IpAddress v6(Bytes bytes, std::size_t at) { return nfcapd_address6(bytes.data() + at); }

/// How long an element's content must be for us to read it; 0 for those we pass over.
constexpr std::size_t content_needed(std::uint16_t element) {
  switch (element) {
    case kGenericFlow:
      return 48;
    case kIpv4Flow:
    case kVlanElement:
    case kAsRouting:
    case kXlateV4:
      return 8;
    case kIpv6Flow:
    case kXlateV6:
      return 32;
    case kFlowMisc:
    case kObservation:
      return 12;
    case kCountFlow:
      return 24;
    case kNextHopV4Element:
    case kReceivedV4:
    case kXlatePort:
      return 4;
    case kNextHopV6Element:
    case kReceivedV6:
    case kNselCommonElement:
    case kNatCommon:
      return 16;
    case kSamplerInfo:
    case kLayer2:
      return 8;
    default:
      return 0;
  }
}

class Record {
 public:
  Record(FlowBatch& batch, std::size_t row) : batch_(batch), row_(row) {}

  /// False when the record has no flow or ends before its elements do.
  bool read(Bytes record, NfcapdFlow& flow) {
    const auto elements = u16(record, 4);
    flow.engine = static_cast<std::uint32_t>(u8(record, 6) << 8 | u8(record, 7));
    flow.exporter_number = u16(record, 8);
    flow.is_event = (u8(record, 10) & kEvent17) != 0;
    flow.is_scaled = (u8(record, 10) & kSampled17) != 0;
    auto rest = record.subspan(kRecordHeader);
    bool has_flow = false;
    for (unsigned i = 0; i < elements; ++i) {
      if (rest.size() < kElementHeader) return false;
      const auto element = u16(rest, 0);
      const std::size_t length = u16(rest, 2);
      if (length < kElementHeader || length > rest.size()) return false;
      const auto content = rest.subspan(kElementHeader, length - kElementHeader);
      if (content.size() < content_needed(element)) return false;
      if (element == kGenericFlow) has_flow = true;
      read_element(element, content, flow);
      rest = rest.subspan(length);
    }
    return has_flow;
  }

 private:
  void read_element(std::uint16_t element, Bytes content, NfcapdFlow& flow) {
    switch (element) {
      case kGenericFlow:
        flow.first = u64(content, 0);
        flow.last = u64(content, 8);
        flow.received = u64(content, 16);
        flow.packets = u64(content, 24);
        flow.bytes = u64(content, 32);
        flow.source_port = u16(content, 40);
        flow.destination_port = u16(content, 42);
        flow.protocol = u8(content, 44);
        flow.tcp_flags = u8(content, 45);
        break;
      case kIpv4Flow:
        flow.source_address = v4_even_if_zero(content, 0);
        flow.destination_address = v4_even_if_zero(content, 4);
        break;
      case kIpv6Flow:
        flow.source_address = v6(content, 0);
        flow.destination_address = v6(content, 16);
        break;
      case kFlowMisc:
        set(&FlowBatch::mutable_input_interface, u32(content, 0));
        set(&FlowBatch::mutable_output_interface, u32(content, 4));
        set(&FlowBatch::mutable_direction, nfcapd_direction(u8(content, 10)));
        if (content.size() > 13) set(&FlowBatch::mutable_end_reason, u8(content, 13));
        break;
      case kCountFlow:
        flow.out_packets = u64(content, 8);
        flow.out_bytes = u64(content, 16);
        break;
      case kVlanElement:
        set(&FlowBatch::mutable_vlan, static_cast<std::uint16_t>(u32(content, 0)));
        break;
      case kLayer2:
        set(&FlowBatch::mutable_vlan, u16(content, 0));
        break;
      case kAsRouting:
        set(&FlowBatch::mutable_source_as, u32(content, 0));
        set(&FlowBatch::mutable_destination_as, u32(content, 4));
        break;
      case kNextHopV4Element:
        set(&FlowBatch::mutable_next_hop, v4(content, 0));
        break;
      case kNextHopV6Element:
        set(&FlowBatch::mutable_next_hop, v6(content, 0));
        break;
      case kReceivedV4:
        flow.router = v4(content, 0);
        break;
      case kReceivedV6:
        flow.router = v6(content, 0);
        break;
      case kSamplerInfo:
        flow.sampler = u64(content, 0);
        break;
      case kObservation:
        flow.engine = u32(content, 8);
        break;
      default:
        read_event_element(element, content, flow);
    }
  }

  void read_event_element(std::uint16_t element, Bytes content, NfcapdFlow& flow) {
    switch (element) {
      case kNselCommonElement:
        flow.is_event = true;
        flow.event_time = u64(content, 0);
        set(&FlowBatch::mutable_event, u8(content, 14));
        break;
      case kNatCommon:
        flow.is_event = true;
        flow.event_time = u64(content, 0);
        // Before 1.7.1 two VRF identifiers stood before the event.
        set(&FlowBatch::mutable_event, u8(content, content.size() >= 24 ? 20 : 12));
        break;
      case kXlateV4:
        set(&FlowBatch::mutable_translated_source_address, v4(content, 0));
        set(&FlowBatch::mutable_translated_destination_address, v4(content, 4));
        break;
      case kXlateV6:
        set(&FlowBatch::mutable_translated_source_address, v6(content, 0));
        set(&FlowBatch::mutable_translated_destination_address, v6(content, 16));
        break;
      case kXlatePort:
        set(&FlowBatch::mutable_translated_source_port, u16(content, 0));
        set(&FlowBatch::mutable_translated_destination_port, u16(content, 2));
        break;
      default:
        break;
    }
  }

  /// Writes one field of the row; a zero is not worth touching a column for.
  template <typename T>
  void set(std::span<T> (FlowBatch::*column)(), const T& value) {
    if (value != T{}) (batch_.*column)()[row_] = value;
  }

  static IpAddress v4_even_if_zero(Bytes content, std::size_t at) {
    return IpAddress::from_v4(u32(content, at));
  }

  FlowBatch& batch_;
  std::size_t row_;
};

}  // namespace

bool append_nfcapd_flow17(Bytes record, const NfcapdExporters& exporters,
                          std::uint32_t default_sampling_rate, FlowBatch& batch) {
  if (record.size() < kRecordHeader) return false;
  const auto row = batch.append(1);
  NfcapdFlow flow;
  if (!Record(batch, row).read(record, flow)) {
    batch.truncate(row);
    return false;
  }
  store_nfcapd_flow(flow, exporters, default_sampling_rate, batch, row);
  return true;
}

}  // namespace noroshi
