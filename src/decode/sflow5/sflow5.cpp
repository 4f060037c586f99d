#include "decode/sflow5/sflow5.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "decode/sflow5/flow_sample.h"

namespace noroshi {
namespace {

constexpr std::uint32_t kVersion = 5;

// sample_data formats of enterprise 0.
constexpr std::uint32_t kFlowSample = 1;
constexpr std::uint32_t kCounterSample = 2;
constexpr std::uint32_t kExpandedFlowSample = 3;
constexpr std::uint32_t kExpandedCounterSample = 4;
constexpr std::uint32_t kDiscardedPacket = 5;  // "sFlow Discarded Packet Notification Structures"

void append_row(const FlowSample& sample, FlowBatch& batch) {
  const auto& packet = *sample.packet;
  const auto row = batch.append(1);
  batch.mutable_source_address()[row] = packet.source_address;
  batch.mutable_destination_address()[row] = packet.destination_address;
  batch.mutable_source_port()[row] = packet.source_port;
  batch.mutable_destination_port()[row] = packet.destination_port;
  batch.mutable_protocol()[row] = packet.protocol;
  batch.mutable_tcp_flags()[row] = packet.tcp_flags;
  batch.mutable_icmp_type()[row] = packet.icmp_type;
  batch.mutable_icmp_code()[row] = packet.icmp_code;
  batch.mutable_packets()[row] = 1;
  batch.mutable_bytes()[row] = packet.ip_length;
  batch.mutable_sampling_rate()[row] = sample.sampling_rate;
  batch.mutable_input_interface()[row] = sample.input_interface;
  batch.mutable_output_interface()[row] = sample.output_interface;
  // Columns that nobody touches cost nothing.
  if (sample.vlan != 0) batch.mutable_vlan()[row] = sample.vlan;
  if (!sample.next_hop.is_none()) batch.mutable_next_hop()[row] = sample.next_hop;
  if (sample.source_as != 0) batch.mutable_source_as()[row] = sample.source_as;
  if (sample.destination_as != 0) batch.mutable_destination_as()[row] = sample.destination_as;
}

/// What all rows of a datagram share.
void complete_rows(FlowBatch& batch, std::size_t first, const IpAddress& exporter,
                   std::uint32_t sub_agent_id, std::uint64_t received) {
  const auto fill = [first](auto column, const auto& value) {
    std::fill(column.begin() + static_cast<std::ptrdiff_t>(first), column.end(), value);
  };
  fill(batch.mutable_first(), received);
  fill(batch.mutable_last(), received);
  fill(batch.mutable_received(), received);
  fill(batch.mutable_exporter(), exporter);
  fill(batch.mutable_observation_domain_id(), sub_agent_id);
}

}  // namespace

Sflow5Decoder::Sflow5Decoder(std::size_t most_sessions, std::uint32_t default_sampling_rate,
                             std::uint64_t seed)
    : default_sampling_rate_(default_sampling_rate),
      sessions_(most_sessions, SessionKeyHash{seed}) {}

bool Sflow5Decoder::decode(const Datagram& datagram, FlowBatch& batch,
                           DecodeStatistics& statistics) {
  ByteReader reader(datagram.payload);
  const auto version = reader.read_u32();
  const auto agent = read_address(reader);
  const auto sub_agent_id = reader.read_u32();
  const auto sequence = reader.read_u32();
  reader.skip(4);  // uptime: nothing in a sample is dated by it
  const auto samples = reader.read_u32();
  if (version != kVersion && datagram.payload.size() >= 4) {
    statistics.count(Undecodable::kUnknownVersion);
    return false;
  }
  if (!reader.ok()) {
    statistics.count(Undecodable::kTruncatedHeader);
    return false;
  }
  ++statistics.datagrams;
  const auto exporter = agent.is_none() ? datagram.exporter : agent;
  follow_sequence({.agent = exporter, .sub_agent_id = sub_agent_id}, sequence, statistics);
  if (samples > kMostSamples) statistics.count(Undecodable::kOverLimit);

  const auto first_row = batch.size();
  for (std::uint32_t i = 0; i < std::min(samples, kMostSamples); ++i) {
    const auto format = reader.read_u32();
    auto body = reader.read_section(reader.read_u32());
    if (!reader.ok()) {
      statistics.count(Undecodable::kMalformedRecord);
      break;
    }
    switch (format) {
      case kFlowSample:
      case kExpandedFlowSample: {
        auto sample = read_flow_sample(
            format == kFlowSample ? FlowSampleForm::kCompact : FlowSampleForm::kExpanded, body);
        if (sample.undecodable) {
          statistics.count(*sample.undecodable);
          break;
        }
        statistics.unknown_samples += sample.skipped_records;
        if (!sample.packet) {
          ++statistics.non_ip_samples;
          break;
        }
        if (sample.sampling_rate == 0) sample.sampling_rate = default_sampling_rate_;
        append_row(sample, batch);
        break;
      }
      case kCounterSample:
      case kExpandedCounterSample:
        ++statistics.counter_samples;
        break;
      case kDiscardedPacket:
        ++statistics.drop_samples;
        break;
      default:
        ++statistics.unknown_samples;
    }
  }
  const auto rows = batch.size() - first_row;
  statistics.records += rows;
  statistics.flows += rows;
  if (rows > 0)
    complete_rows(batch, first_row, exporter, sub_agent_id,
                  to_unix_milliseconds(datagram.received));
  return true;
}

void Sflow5Decoder::follow_sequence(const SessionKey& key, std::uint32_t sequence,
                                    DecodeStatistics& statistics) {
  auto* tracker = sessions_.find(key);
  if (tracker == nullptr) {
    if (sessions_.full()) {
      sessions_.evict_oldest();
      ++statistics.sessions_evicted;
    }
    tracker = &sessions_.insert(key, SequenceTracker());
  }
  count(tracker->observe(sequence, 1), &DecodeStatistics::lost_datagrams, statistics);
}

}  // namespace noroshi
