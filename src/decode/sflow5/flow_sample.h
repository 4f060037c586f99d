#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "decode/packet/packet_headers.h"
#include "decode/undecodable.h"
#include "net/ip_address.h"

namespace noroshi {

/// What an sFlow flow sample says, compact or expanded.
struct FlowSample {
  std::uint32_t sampling_rate = 0;  ///< 0 = not stated
  std::uint32_t input_interface = 0;
  std::uint32_t output_interface = 0;
  std::optional<PacketHeaders> packet;  ///< none: not an IP packet, or no record that shows it
  std::uint16_t vlan = 0;
  IpAddress next_hop;
  std::uint32_t source_as = 0;
  std::uint32_t destination_as = 0;
  std::uint32_t skipped_records = 0;       ///< of formats that we do not read
  std::optional<Undecodable> undecodable;  ///< set: nothing else here is to be believed
};

enum class FlowSampleForm : std::uint8_t { kCompact, kExpanded };

/// Reads one sample, from behind its length to its end.
[[nodiscard]] FlowSample read_flow_sample(FlowSampleForm form, ByteReader body);

/// An sFlow address: its type, then 4 or 16 octets; none where the agent does not know it. Fails
/// the reader on any other type.
[[nodiscard]] IpAddress read_address(ByteReader& reader);

}  // namespace noroshi
