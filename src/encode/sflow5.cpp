#include "encode/sflow5.h"

#include <algorithm>

#include "encode/packet_header.h"

namespace noroshi {
namespace {

constexpr std::uint32_t kVersion = 5;
constexpr std::uint32_t kAddressIpv4 = 1;
constexpr std::uint32_t kAddressIpv6 = 2;
constexpr std::uint32_t kFlowSample = 1;       // enterprise 0, format 1
constexpr std::uint32_t kRawPacketHeader = 1;  // enterprise 0, format 1
constexpr std::uint32_t kHeaderProtocolEthernet = 1;
constexpr std::uint32_t kLargestInterface = 0x3fff'ffff;  // the rest says what kind of value it is
constexpr std::size_t kFrameCheckLength = 4;
constexpr std::size_t kShortestFrame = 64;
constexpr std::size_t kLargestIpLength = 0xffff;

/// A flow sample around one raw header of `header_length` octets, with its type and length.
std::size_t sample_length(std::size_t header_length) {
  constexpr std::size_t kSampleHeader = 8 + 32;
  constexpr std::size_t kRecordHeader = 8 + 16;
  return kSampleHeader + kRecordHeader + (header_length + 3) / 4 * 4;
}

}  // namespace

Datagrams Sflow5Encoder::encode(const FlowBatch& batch, Timestamp now) {
  Datagrams datagrams;
  statistics_.skipped +=
      for_each_one_way(batch, [&](const OneWay& record) { add_samples(record, now, datagrams); });
  if (count_ > 0) finish(datagrams);
  return datagrams;
}

void Sflow5Encoder::add_samples(const OneWay& record, Timestamp now, Datagrams& datagrams) {
  const auto packets = std::min(record.packets, kMostSamplesPerRow);
  if (packets < record.packets) ++statistics_.saturated;
  const auto lengths = packet_header_lengths(record);
  for (std::uint64_t packet = 0; packet < packets; ++packet) {
    // The octets that do not divide evenly go one each to the first packets.
    const auto octets =
        record.bytes / record.packets + (packet < record.bytes % record.packets ? 1u : 0u);
    if (octets > kLargestIpLength) ++statistics_.saturated;
    const auto ip_length = std::clamp<std::uint64_t>(octets, lengths.ip, kLargestIpLength);
    if (count_ > 0 &&
        datagram_.size() + sample_length(lengths.ethernet + lengths.ip) > kLargestDatagram)
      finish(datagrams);
    if (count_ == 0) write_datagram_header(now);
    write_sample(record, static_cast<std::size_t>(ip_length));
  }
}

void Sflow5Encoder::write_datagram_header(Timestamp now) {
  datagram_.write_u32(kVersion);
  if (config_.agent.is_v4()) {
    datagram_.write_u32(kAddressIpv4);
    datagram_.write_u32(config_.agent.v4());
  } else {
    datagram_.write_u32(kAddressIpv6);
    datagram_.write_bytes(config_.agent.bytes());
  }
  datagram_.write_u32(config_.sub_agent_id);
  datagram_.write_u32(datagram_sequence_++);
  datagram_.write_u32(
      static_cast<std::uint32_t>(to_unix_milliseconds(now) - to_unix_milliseconds(config_.booted)));
  count_position_ = datagram_.size();
  datagram_.write_u32(0);  // samples, when they are counted
}

void Sflow5Encoder::write_sample(const OneWay& record, std::size_t ip_length) {
  const auto lengths = packet_header_lengths(record);
  const auto header_length = lengths.ethernet + lengths.ip;
  const auto whole = sample_length(header_length);
  const auto interface = [](std::uint32_t index) { return index > kLargestInterface ? 0 : index; };
  sample_pool_ += std::max(record.sampling_rate, 1u);

  datagram_.write_u32(kFlowSample);
  datagram_.write_u32(static_cast<std::uint32_t>(whole - 8));
  datagram_.write_u32(sample_sequence_++);
  datagram_.write_u32(config_.source_interface & 0x00ff'ffff);  // class 0: ifIndex
  datagram_.write_u32(record.sampling_rate);
  datagram_.write_u32(sample_pool_);
  datagram_.write_u32(0);  // drops
  datagram_.write_u32(interface(record.input_interface));
  datagram_.write_u32(interface(record.output_interface));
  datagram_.write_u32(1);  // records

  datagram_.write_u32(kRawPacketHeader);
  datagram_.write_u32(static_cast<std::uint32_t>(whole - 8 - 32 - 8));
  datagram_.write_u32(kHeaderProtocolEthernet);
  datagram_.write_u32(static_cast<std::uint32_t>(
      std::max(lengths.ethernet + ip_length + kFrameCheckLength, kShortestFrame)));
  datagram_.write_u32(kFrameCheckLength);  // stripped: the frame check sequence
  datagram_.write_u32(static_cast<std::uint32_t>(header_length));
  write_packet_headers(datagram_, record, ip_length);
  datagram_.write_zeros((4 - header_length % 4) % 4);
  ++count_;
}

void Sflow5Encoder::finish(Datagrams& datagrams) {
  datagram_.patch_u32(count_position_, count_);
  datagrams.push_back(datagram_.take());
  statistics_.records += count_;
  ++statistics_.datagrams;
  count_ = 0;
}

}  // namespace noroshi
