#include "encode/netflow5.h"

#include <limits>

#include "net/endpoint.h"

namespace noroshi {
namespace {

constexpr std::uint16_t kVersion = 5;
constexpr std::size_t kHeaderLength = 24;
constexpr std::size_t kRecordLength = 48;
constexpr std::uint16_t kMostRecords = (kLargestDatagram - kHeaderLength) / kRecordLength;
static_assert(kMostRecords <= 30, "the format allows 30 records in a datagram");

constexpr std::size_t kCountPosition = 2;
constexpr std::uint32_t kLargestInterval = 0x3fff;
constexpr std::uint16_t kRandomSampling = 0x8000;  // mode 2, in the top two bits
constexpr std::uint16_t kAsTrans = 23456;

std::uint16_t sampling_field(std::uint32_t rate) {
  if (rate == 0 || rate > kLargestInterval) return 0;
  return static_cast<std::uint16_t>(kRandomSampling | rate);
}

}  // namespace

std::uint32_t Netflow5Encoder::uptime(std::uint64_t unix_milliseconds) const {
  return static_cast<std::uint32_t>(unix_milliseconds - to_unix_milliseconds(config_.booted));
}

template <typename Narrow>
Narrow Netflow5Encoder::narrow(std::uint64_t value, Narrow otherwise) {
  if (value <= std::numeric_limits<Narrow>::max()) return static_cast<Narrow>(value);
  ++statistics_.saturated;
  return otherwise;
}

Datagrams Netflow5Encoder::encode(const FlowBatch& batch, Timestamp now) {
  Datagrams datagrams;
  statistics_.skipped += for_each_one_way(batch, [&](const OneWay& record) {
    if (!record.is_v4()) {
      ++statistics_.skipped;
      return;
    }
    if (count_ == kMostRecords || (count_ > 0 && record.sampling_rate != sampling_rate_))
      finish(datagrams);
    if (count_ == 0) begin(now, record.sampling_rate);
    write(record);
  });
  if (count_ > 0) finish(datagrams);
  return datagrams;
}

void Netflow5Encoder::begin(Timestamp now, std::uint32_t sampling_rate) {
  const auto milliseconds = to_unix_milliseconds(now);
  sampling_rate_ = sampling_rate;
  if (sampling_rate > kLargestInterval) ++statistics_.saturated;
  datagram_.write_u16(kVersion);
  datagram_.write_u16(0);  // count, when it is known
  datagram_.write_u32(uptime(milliseconds));
  datagram_.write_u32(static_cast<std::uint32_t>(milliseconds / 1000));
  datagram_.write_u32(static_cast<std::uint32_t>(milliseconds % 1000 * 1'000'000));
  datagram_.write_u32(flow_sequence_);
  datagram_.write_u8(config_.engine_type);
  datagram_.write_u8(config_.engine_id);
  datagram_.write_u16(sampling_field(sampling_rate));
}

void Netflow5Encoder::write(const OneWay& record) {
  const bool is_icmp = Protocol{record.protocol} == kIcmp;
  const auto icmp = static_cast<std::uint16_t>(record.icmp_type << 8 | record.icmp_code);
  datagram_.write_u32(record.source_address.v4());
  datagram_.write_u32(record.destination_address.v4());
  datagram_.write_u32(record.next_hop.is_v4() ? record.next_hop.v4() : 0);
  datagram_.write_u16(narrow<std::uint16_t>(record.input_interface, 0));
  datagram_.write_u16(narrow<std::uint16_t>(record.output_interface, 0));
  datagram_.write_u32(narrow<std::uint32_t>(record.packets, 0xffff'ffff));
  datagram_.write_u32(narrow<std::uint32_t>(record.bytes, 0xffff'ffff));
  datagram_.write_u32(uptime(record.first));
  datagram_.write_u32(uptime(record.last));
  datagram_.write_u16(record.source_port);
  datagram_.write_u16(is_icmp ? icmp : record.destination_port);
  datagram_.write_u8(0);  // pad1
  datagram_.write_u8(record.tcp_flags);
  datagram_.write_u8(record.protocol);
  datagram_.write_u8(0);  // type of service: FlowBatch has none
  datagram_.write_u16(narrow<std::uint16_t>(record.source_as, kAsTrans));
  datagram_.write_u16(narrow<std::uint16_t>(record.destination_as, kAsTrans));
  datagram_.write_zeros(4);  // source and destination mask, pad2
  ++count_;
}

void Netflow5Encoder::finish(Datagrams& datagrams) {
  datagram_.patch_u16(kCountPosition, count_);
  datagrams.push_back(datagram_.take());
  flow_sequence_ += count_;
  statistics_.records += count_;
  ++statistics_.datagrams;
  count_ = 0;
}

}  // namespace noroshi
