#pragma once

#include <array>
#include <random>
#include <string>
#include <vector>

#include "encode/nfcapd.h"
#include "model/flow_batch.h"
#include "record/memory_stream.h"
#include "record/recording.h"

namespace noroshi {

/// Rows of every kind that an nfcapd file of the layout can hold without loss.
inline FlowBatch varied_nfcapd_flows(std::size_t rows, std::uint32_t seed, NfcapdLayout layout) {
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random()) % bound;
  };
  const auto chance = [&](std::uint32_t percent) { return below(100) < percent; };
  const auto address = [&](bool v6) {
    if (!v6) return IpAddress::from_v4(0x0a000001 + below(0xf0000000));
    std::array<std::byte, 16> bytes{std::byte{0x20}, std::byte{0x01}, std::byte{0x0d},
                                    std::byte{0xb8}};
    for (std::size_t i = 8; i < 16; ++i) bytes[i] = static_cast<std::byte>(below(256));
    return IpAddress::from_bytes(bytes);
  };
  std::vector<IpAddress> exporters;
  for (int i = 0; i < 4; ++i) exporters.push_back(address(i == 3));

  FlowBatch batch;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto row = batch.append(1);
    const bool v6 = chance(25);
    const bool event = chance(10);
    batch.mutable_source_address()[row] = address(v6);
    batch.mutable_destination_address()[row] = address(v6);
    batch.mutable_first()[row] = 1'700'000'000'000 + below(1'000'000);
    batch.mutable_last()[row] = batch.first()[row] + (event ? 0 : below(300'000));
    if (chance(80)) batch.mutable_received()[row] = batch.last()[row] + below(5000);
    constexpr std::array<std::uint8_t, 5> kProtocols{6, 17, 1, 58, 47};
    const auto protocol = kProtocols[below(5)];
    batch.mutable_protocol()[row] = protocol;
    if (protocol == 1 || protocol == 58) {
      batch.mutable_icmp_type()[row] = static_cast<std::uint8_t>(below(256));
      batch.mutable_icmp_code()[row] = static_cast<std::uint8_t>(below(16));
    } else if (protocol != 47) {
      batch.mutable_source_port()[row] = static_cast<std::uint16_t>(below(65536));
      batch.mutable_destination_port()[row] = static_cast<std::uint16_t>(below(65536));
    }
    if (protocol == 6) batch.mutable_tcp_flags()[row] = static_cast<std::uint8_t>(below(64));
    batch.mutable_packets()[row] = 1 + below(1000);
    batch.mutable_bytes()[row] = batch.packets()[row] * (40 + below(1400));
    if (chance(2)) batch.mutable_bytes()[row] += 0x100000000;
    if (chance(2)) batch.mutable_packets()[row] += 0x100000000;
    const auto exporter = below(4);
    batch.mutable_exporter()[row] = exporters[exporter];
    batch.mutable_observation_domain_id()[row] = exporter + 1;
    if (exporter == 1) batch.mutable_sampling_rate()[row] = i < rows / 2 ? 100 : 1000;
    if (chance(70)) {
      batch.mutable_input_interface()[row] = below(chance(50) ? 70'000 : 500);
      batch.mutable_output_interface()[row] = below(500);
    }
    if (chance(50)) {
      batch.mutable_source_as()[row] = below(chance(50) ? 400'000 : 60'000);
      batch.mutable_destination_as()[row] = below(60'000);
    }
    if (chance(20)) batch.mutable_vlan()[row] = static_cast<std::uint16_t>(1 + below(4094));
    if (chance(20))
      batch.mutable_direction()[row] = static_cast<std::uint8_t>(FlowDirection::kEgress);
    if (chance(40)) batch.mutable_next_hop()[row] = address(v6);
    if (layout == NfcapdLayout::k17 && chance(30))
      batch.mutable_end_reason()[row] = static_cast<std::uint8_t>(1 + below(5));
    if (event) {
      batch.mutable_kind()[row] = static_cast<std::uint8_t>(FlowKind::kEvent);
      batch.mutable_event()[row] = static_cast<std::uint8_t>(1 + below(5));
      batch.mutable_sampling_rate()[row] = 0;
      if (exporter == 1) batch.mutable_exporter()[row] = exporters[0];
      if (exporter == 1) batch.mutable_observation_domain_id()[row] = 1;
      if (chance(50)) {
        batch.mutable_translated_source_address()[row] = address(v6);
        batch.mutable_translated_destination_address()[row] = address(v6);
        batch.mutable_translated_source_port()[row] = static_cast<std::uint16_t>(below(65536));
        batch.mutable_translated_destination_port()[row] = static_cast<std::uint16_t>(below(65536));
      }
    } else if (chance(15)) {
      batch.mutable_kind()[row] = static_cast<std::uint8_t>(FlowKind::kBidirectional);
      batch.mutable_reverse_packets()[row] = 1 + below(1000);
      batch.mutable_reverse_bytes()[row] = batch.reverse_packets()[row] * (40 + below(1400));
      if (chance(10)) batch.mutable_reverse_bytes()[row] += 0x100000000;
    }
  }
  return batch;
}

inline std::vector<std::byte> nfcapd_file(const FlowBatch& batch, NfcapdWriter::Config config) {
  auto writer = NfcapdWriter::create(std::move(config));
  writer->add(batch);
  return writer->finish();
}

struct ReadRecording {
  std::string format;
  FlowBatch flows;
  RecordingStatistics statistics;
};

/// Reads a whole recording from memory.
inline Result<ReadRecording> read_recording(std::vector<std::byte> bytes,
                                            const RecordingOptions& options = {}) {
  const auto recording =
      TRY(open_recording(std::make_unique<MemoryStream>(std::move(bytes)), "test", options));
  ReadRecording all;
  FlowBatch batch;
  while (TRY(recording->read(batch)))
    for (std::size_t row = 0; row < batch.size(); ++row) all.flows.append_row(batch, row);
  all.format = recording->format();
  all.statistics = recording->statistics();
  return all;
}

/// The name of the first field in which two batches differ, or "size"; empty when they are the
/// same.
inline std::string first_difference(const FlowBatch& left, const FlowBatch& right) {
  if (left.size() != right.size()) return "size";
#define NOROSHI_FLOW_COMPARE(name, type)              \
  for (std::size_t row = 0; row < left.size(); ++row) \
    if (left.name()[row] != right.name()[row]) return #name " of row " + std::to_string(row);
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_COMPARE)
#undef NOROSHI_FLOW_COMPARE
  return {};
}

}  // namespace noroshi
