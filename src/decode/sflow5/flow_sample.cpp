#include "decode/sflow5/flow_sample.h"

#include <algorithm>

#include "decode/sflow5/sflow5.h"

namespace noroshi {
namespace {

// flow_data formats of enterprise 0.
constexpr std::uint32_t kRawPacketHeader = 1;
constexpr std::uint32_t kSampledIpv4 = 3;
constexpr std::uint32_t kSampledIpv6 = 4;
constexpr std::uint32_t kExtendedSwitch = 1001;
constexpr std::uint32_t kExtendedRouter = 1002;
constexpr std::uint32_t kExtendedGateway = 1003;

constexpr std::uint32_t kInterfaceNumber = 0x3fff'ffff;  // without the two bits of its format
constexpr std::uint32_t kLargestIpPacket = 0xffff;

std::optional<LinkType> link_of(std::uint32_t header_protocol) {
  switch (header_protocol) {
    case 1:
      return LinkType::kEthernet;
    case 7:
      return LinkType::kPpp;
    case 11:
      return LinkType::kIpv4;
    case 12:
      return LinkType::kIpv6;
    case 13:
      return LinkType::kMpls;
    case 14:
      return LinkType::kPppSerial;  // "POS": RFC 1662, RFC 2615
    default:
      return std::nullopt;
  }
}

/// Agents without a VLAN to tell say 0 or 2^32-1; 4095 is reserved (IEEE 802.1Q).
std::uint16_t vlan_of(std::uint32_t value) {
  return value < 4095 ? static_cast<std::uint16_t>(value) : std::uint16_t{0};
}

void read_raw_header(ByteReader& record, FlowSample& sample) {
  const auto header_protocol = record.read_u32();
  const auto frame_length = record.read_u32();
  const auto stripped = record.read_u32();
  const auto header = record.read_bytes(record.read_u32());
  const auto link = link_of(header_protocol);
  if (!record.ok() || !link) return;
  auto packet = read_packet_headers(*link, header);
  if (!packet) return;
  const auto seen = std::uint64_t{stripped} + header.size();
  if (packet->ip_length_unstated && frame_length > seen)
    packet->ip_length = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(packet->ip_length + (frame_length - seen), kLargestIpPacket));
  sample.packet = packet;
}

/// The header is the better source: these are only used where it is missing.
void read_sampled_ip(ByteReader& record, std::size_t address_length, FlowSample& sample) {
  PacketHeaders packet;
  packet.ip_length = std::min(record.read_u32(), kLargestIpPacket);
  packet.protocol = static_cast<std::uint8_t>(record.read_u32());
  const auto source = record.read_bytes(address_length);
  const auto destination = record.read_bytes(address_length);
  const auto source_port = record.read_u32();
  const auto destination_port = record.read_u32();
  const auto tcp_flags = record.read_u32();
  if (!record.ok() || sample.packet) return;
  if (address_length == 4) {
    packet.source_address = IpAddress::from_v4_bytes(source.first<4>());
    packet.destination_address = IpAddress::from_v4_bytes(destination.first<4>());
  } else {
    packet.source_address = IpAddress::from_bytes(source.first<16>());
    packet.destination_address = IpAddress::from_bytes(destination.first<16>());
  }
  // "or equivalent", which for ICMP nobody has defined.
  if (packet.protocol != kIcmp.value && packet.protocol != kIcmpV6.value) {
    packet.source_port = static_cast<std::uint16_t>(source_port);
    packet.destination_port = static_cast<std::uint16_t>(destination_port);
  }
  if (packet.protocol == kTcp.value) packet.tcp_flags = static_cast<std::uint8_t>(tcp_flags);
  sample.packet = packet;
}

void read_gateway(ByteReader& record, FlowSample& sample) {
  const auto next_hop = read_address(record);
  record.skip(4);  // the router's own AS
  sample.source_as = record.read_u32();
  record.skip(4);  // the peer towards the source
  const auto segments = record.read_u32();
  std::uint32_t members = 0;
  for (std::uint32_t segment = 0; segment < segments && record.ok(); ++segment) {
    record.skip(4);  // a set or a sequence
    const auto count = record.read_u32();
    members += std::min(count, Sflow5Decoder::kMostPathMembers + 1);
    if (members > Sflow5Decoder::kMostPathMembers || segment > Sflow5Decoder::kMostPathMembers) {
      sample.undecodable = Undecodable::kOverLimit;
      return;
    }
    for (std::uint32_t member = 0; member < count && record.ok(); ++member)
      sample.destination_as = record.read_u32();
  }
  if (sample.next_hop.is_none()) sample.next_hop = next_hop;
}

/// Reads what a record holds that a row can; the record's reader says whether it was all there.
void read_record(std::uint32_t format, ByteReader& record, FlowSample& sample) {
  switch (format) {
    case kRawPacketHeader:
      return read_raw_header(record, sample);
    case kSampledIpv4:
      return read_sampled_ip(record, 4, sample);
    case kSampledIpv6:
      return read_sampled_ip(record, 16, sample);
    case kExtendedSwitch:
      sample.vlan = vlan_of(record.read_u32());
      return;
    case kExtendedRouter: {
      const auto next_hop = read_address(record);
      if (!next_hop.is_none()) sample.next_hop = next_hop;
      return;
    }
    case kExtendedGateway:
      return read_gateway(record, sample);
    default:
      ++sample.skipped_records;
  }
}

}  // namespace

IpAddress read_address(ByteReader& reader) {
  switch (reader.read_u32()) {
    case 0:
      return {};
    case 1: {
      const auto address = reader.read_u32();
      return address != 0 ? IpAddress::from_v4(address) : IpAddress();
    }
    case 2: {
      const auto bytes = reader.read_bytes(16);
      return reader.ok() ? IpAddress::from_bytes(bytes.first<16>()) : IpAddress();
    }
    default:
      reader.skip(reader.remaining() + 1);
      return {};
  }
}

FlowSample read_flow_sample(FlowSampleForm form, ByteReader body) {
  const bool expanded = form == FlowSampleForm::kExpanded;
  FlowSample sample;
  body.skip(expanded ? 12 : 8);  // sequence, data source
  sample.sampling_rate = body.read_u32();
  body.skip(8);  // pool and drops: totals of the data source, not of this sample
  if (expanded) body.skip(4);
  sample.input_interface = body.read_u32();
  if (expanded) body.skip(4);
  sample.output_interface = body.read_u32();
  if (!expanded) {
    sample.input_interface &= kInterfaceNumber;
    sample.output_interface &= kInterfaceNumber;
  }
  const auto records = body.read_u32();
  if (records > Sflow5Decoder::kMostRecords) {
    sample.undecodable = Undecodable::kOverLimit;
    return sample;
  }
  for (std::uint32_t i = 0; i < records && body.ok() && !sample.undecodable; ++i) {
    const auto format = body.read_u32();
    auto record = body.read_section(body.read_u32());
    read_record(format, record, sample);
    if (!record.ok() && !sample.undecodable) sample.undecodable = Undecodable::kMalformedRecord;
  }
  if (!body.ok() && !sample.undecodable) sample.undecodable = Undecodable::kMalformedRecord;
  if (sample.packet && sample.vlan == 0) sample.vlan = sample.packet->vlan;
  return sample;
}

}  // namespace noroshi
