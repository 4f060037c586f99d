#include "record/nfcapd_flow16.h"

#include "base/byte_order.h"
#include "base/byte_reader.h"
#include "encode/nfcapd_format.h"
#include "record/nfcapd_row.h"

namespace noroshi {
namespace {

using namespace nfcapd;
using Bytes = std::span<const std::byte>;

/// In bytes; 0 for an extension that we do not know.
constexpr std::size_t extension_size(std::uint16_t extension) {
  switch (extension) {
    case kInterfaces16Bit:
    case kAs16Bit:
    case kMultiple:
    case kNextHop4:
    case kBgpNextHop4:
    case kVlan:
    case kOutPackets32Bit:
    case kOutBytes32Bit:
    case kAggregated32Bit:
    case kRouter4:
    case kEngine:
    case kXlatePorts:
      return 4;
    case kInterfaces32Bit:
    case kAs32Bit:
    case kOutPackets64Bit:
    case kOutBytes64Bit:
    case kAggregated64Bit:
    case kBgpAdjacent:
    case kReceived:
    case kXlate4:
    case kNelGlobal4:
    case kPortBlock:
      return 8;
    case kNelCommon:
      return 12;
    case kNextHop6:
    case kBgpNextHop6:
    case kMac1:
    case kMac2:
    case kRouter6:
      return 16;
    case kNselCommon:
      return 20;
    case kNselAcl:
    case kNselUser:
    case kLatency:
      return 24;
    case kXlate6:
      return 32;
    case kMpls:
      return 40;
    case kNselUserMax:
      return 72;
    default:
      return 0;
  }
}

IpAddress v4_or_none(std::uint32_t address) {
  return address == 0 ? IpAddress() : IpAddress::from_v4(address);
}

/// The optional part of one record; every extension in it has been found to fit.
class Extensions {
 public:
  Extensions(Bytes bytes, FlowBatch& batch, std::size_t row)
      : bytes_(bytes), batch_(batch), row_(row) {}

  void read(std::uint16_t extension, std::size_t at, NfcapdFlow& flow) {
    switch (extension) {
      case kInterfaces16Bit:
        set(&FlowBatch::mutable_input_interface, std::uint32_t{u16(at)});
        set(&FlowBatch::mutable_output_interface, std::uint32_t{u16(at + 2)});
        break;
      case kInterfaces32Bit:
        set(&FlowBatch::mutable_input_interface, u32(at));
        set(&FlowBatch::mutable_output_interface, u32(at + 4));
        break;
      case kAs16Bit:
        set(&FlowBatch::mutable_source_as, std::uint32_t{u16(at)});
        set(&FlowBatch::mutable_destination_as, std::uint32_t{u16(at + 2)});
        break;
      case kAs32Bit:
        set(&FlowBatch::mutable_source_as, u32(at));
        set(&FlowBatch::mutable_destination_as, u32(at + 4));
        break;
      case kMultiple:
        set(&FlowBatch::mutable_direction, nfcapd_direction(u8(at + 1)));
        break;
      case kNextHop4:
        set(&FlowBatch::mutable_next_hop, v4_or_none(u32(at)));
        break;
      case kNextHop6:
        set(&FlowBatch::mutable_next_hop, v6(at));
        break;
      case kVlan:
        set(&FlowBatch::mutable_vlan, u16(at));
        break;
      case kOutPackets32Bit:
        flow.out_packets = u32(at);
        break;
      case kOutPackets64Bit:
        flow.out_packets = u64(at);
        break;
      case kOutBytes32Bit:
        flow.out_bytes = u32(at);
        break;
      case kOutBytes64Bit:
        flow.out_bytes = u64(at);
        break;
      case kRouter4:
        flow.router = v4_or_none(u32(at));
        break;
      case kRouter6:
        flow.router = v6(at);
        break;
      case kEngine:
        flow.engine = static_cast<std::uint32_t>(u8(at + 2) << 8 | u8(at + 3));
        break;
      case kReceived:
        flow.received = u64(at);
        break;
      default:
        read_event_extension(extension, at, flow);
    }
  }

 private:
  void read_event_extension(std::uint16_t extension, std::size_t at, NfcapdFlow& flow) {
    switch (extension) {
      case kNselCommon:
        flow.event_time = u64(at);
        set(&FlowBatch::mutable_event, u8(at + 14));
        break;
      case kNelCommon:
        set(&FlowBatch::mutable_event, u8(at));
        break;
      case kXlatePorts:
        set(&FlowBatch::mutable_translated_source_port, u16(at));
        set(&FlowBatch::mutable_translated_destination_port, u16(at + 2));
        break;
      case kXlate4:
      case kNelGlobal4:
        set(&FlowBatch::mutable_translated_source_address, v4_or_none(u32(at)));
        set(&FlowBatch::mutable_translated_destination_address, v4_or_none(u32(at + 4)));
        break;
      case kXlate6:
        set(&FlowBatch::mutable_translated_source_address, v6(at));
        set(&FlowBatch::mutable_translated_destination_address, v6(at + 16));
        break;
      default:
        break;
    }
  }

  std::uint8_t u8(std::size_t at) const { return static_cast<std::uint8_t>(bytes_[at]); }
  std::uint16_t u16(std::size_t at) const {
    return load_little_endian<std::uint16_t>(bytes_.data() + at);
  }
  std::uint32_t u32(std::size_t at) const {
    return load_little_endian<std::uint32_t>(bytes_.data() + at);
  }
  std::uint64_t u64(std::size_t at) const {
    return load_little_endian<std::uint64_t>(bytes_.data() + at);
  }
  IpAddress v6(std::size_t at) const { return nfcapd_address6(bytes_.data() + at); }

  /// Writes one field of the row; a zero is not worth touching a column for.
  template <typename T>
  void set(std::span<T> (FlowBatch::*column)(), const T& value) {
    if (value != T{}) (batch_.*column)()[row_] = value;
  }

  Bytes bytes_;
  FlowBatch& batch_;
  std::size_t row_;
};

/// The part that every record has: header, addresses, counters.
NfcapdFlow read_fixed_part(ByteReader& reader, bool narrow, std::uint16_t& map) {
  NfcapdFlow flow;
  reader.skip(4);  // type and size
  unsigned flags = 0;
  if (narrow) {
    flags = reader.read_u8();
    flow.exporter_number = reader.read_u8();
  } else {
    flags = reader.read_u16_le();
  }
  map = reader.read_u16_le();
  const std::uint64_t first_milliseconds = reader.read_u16_le();
  const std::uint64_t last_milliseconds = reader.read_u16_le();
  flow.first = std::uint64_t{reader.read_u32_le()} * 1000 + first_milliseconds;
  flow.last = std::uint64_t{reader.read_u32_le()} * 1000 + last_milliseconds;
  reader.skip(1);  // forwarding status
  flow.tcp_flags = reader.read_u8();
  flow.protocol = reader.read_u8();
  reader.skip(1);  // type of service
  flow.source_port = reader.read_u16_le();
  flow.destination_port = reader.read_u16_le();
  if (!narrow) {
    flow.exporter_number = reader.read_u16_le();
    reader.skip(2);
  }
  if ((flags & kIpV6) != 0) {
    const auto addresses = reader.read_bytes(32);
    if (reader.ok()) {
      flow.source_address = nfcapd_address6(addresses.data());
      flow.destination_address = nfcapd_address6(addresses.data() + 16);
    }
  } else {
    flow.source_address = IpAddress::from_v4(reader.read_u32_le());
    flow.destination_address = IpAddress::from_v4(reader.read_u32_le());
  }
  flow.packets = (flags & kPackets64) != 0 ? reader.read_u64_le() : reader.read_u32_le();
  flow.bytes = (flags & kBytes64) != 0 ? reader.read_u64_le() : reader.read_u32_le();
  flow.is_event = (flags & kEvent16) != 0;
  flow.is_scaled = (flags & kSampled16) != 0;
  return flow;
}

}  // namespace

bool NfcapdFlowReader16::read_map(Bytes record) {
  ByteReader reader(record);
  reader.skip(4);  // type and size
  const auto number = reader.read_u16_le();
  reader.skip(2);  // the sum of the sizes
  if (!reader.ok()) return false;
  Map map;
  while (reader.remaining() >= 2 && map.places.size() < kMostExtensions) {
    const auto extension = reader.read_u16_le();
    const auto size = extension_size(extension);
    if (size == 0) break;  // the end, or something new: what lies behind it cannot be placed
    map.places.push_back(
        {.extension = extension, .offset = static_cast<std::uint16_t>(map.length)});
    map.length += size;
  }
  maps_[number] = std::move(map);
  return true;
}

NfcapdFlowReader16::Outcome NfcapdFlowReader16::append(Bytes record, bool narrow,
                                                       const NfcapdExporters& exporters,
                                                       std::uint32_t default_sampling_rate,
                                                       FlowBatch& batch) const {
  ByteReader reader(record);
  std::uint16_t number = 0;
  auto flow = read_fixed_part(reader, narrow, number);
  if (!reader.ok()) return Outcome::kDamaged;
  const auto map = maps_.find(number);
  if (map == maps_.end()) return Outcome::kUnknownMap;
  const auto rest = reader.rest();
  if (rest.size() < map->second.length) return Outcome::kDamaged;

  const auto row = batch.append(1);
  Extensions extensions(rest, batch, row);
  for (const auto& place : map->second.places) extensions.read(place.extension, place.offset, flow);
  store_nfcapd_flow(flow, exporters, default_sampling_rate, batch, row);
  return Outcome::kAppended;
}

}  // namespace noroshi
