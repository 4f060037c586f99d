#pragma once

#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "encode/encoder.h"

namespace noroshi {

/// One row as the tests of encoders like it: every field they carry has a value of its own.
struct RowForTest {
  std::string source = "192.0.2.1";
  std::string destination = "198.51.100.2";
  std::uint32_t sampling_rate = 100;
  std::uint64_t packets = 7;
  std::uint64_t bytes = 4321;
  std::uint8_t protocol = 6;
  FlowKind kind = FlowKind::kUnidirectional;
};

inline constexpr std::uint64_t kNowForTest = 1'793'613'661'000;  // a whole second
inline constexpr std::uint64_t kBootedForTest = kNowForTest - 3'600'000;

inline void append_row_for_test(FlowBatch& batch, const RowForTest& row) {
  const auto at = batch.append(1);
  const bool is_icmp = row.protocol == 1;
  batch.mutable_kind()[at] = static_cast<std::uint8_t>(row.kind);
  batch.mutable_first()[at] = kNowForTest - 5'250;
  batch.mutable_last()[at] = kNowForTest - 250;
  batch.mutable_source_address()[at] = *IpAddress::parse(row.source);
  batch.mutable_destination_address()[at] = *IpAddress::parse(row.destination);
  batch.mutable_source_port()[at] = is_icmp ? 0 : 50'123;
  batch.mutable_destination_port()[at] = is_icmp ? 0 : 443;
  batch.mutable_protocol()[at] = row.protocol;
  batch.mutable_tcp_flags()[at] = row.protocol == 6 ? 0x1b : 0;
  batch.mutable_packets()[at] = row.packets;
  batch.mutable_bytes()[at] = row.bytes;
  batch.mutable_sampling_rate()[at] = row.sampling_rate;
  batch.mutable_input_interface()[at] = 10;
  batch.mutable_output_interface()[at] = 11;
  batch.mutable_source_as()[at] = 64'500;
  batch.mutable_destination_as()[at] = 64'501;
  batch.mutable_vlan()[at] = 42;
  batch.mutable_direction()[at] = static_cast<std::uint8_t>(FlowDirection::kEgress);
  if (batch.source_address()[at].is_v4())
    batch.mutable_next_hop()[at] = *IpAddress::parse("203.0.113.9");
  batch.mutable_icmp_type()[at] = is_icmp ? 8 : 0;
  batch.mutable_icmp_code()[at] = is_icmp ? 3 : 0;
  batch.mutable_end_reason()[at] = 2;
  if (row.kind == FlowKind::kBidirectional) {
    batch.mutable_reverse_packets()[at] = 5;
    batch.mutable_reverse_bytes()[at] = 999;
    batch.mutable_reverse_tcp_flags()[at] = 0x12;
  }
}

inline FlowBatch batch_for_test(const std::vector<RowForTest>& rows) {
  FlowBatch batch(64);
  for (const auto& row : rows) append_row_for_test(batch, row);
  return batch;
}

inline std::string hex_for_test(std::span<const std::byte> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

}  // namespace noroshi
