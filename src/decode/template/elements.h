#pragma once

#include <cstdint>
#include <span>

#include "decode/template/definition.h"

namespace noroshi {

/// What a field of a data record tells us. Up to kEndReason each is one column of a FlowBatch
/// (kIcmpMessage is two); what follows is used to complete rows and then forgotten.
enum class Quantity : std::uint8_t {
  kFirst,
  kLast,
  kSourceAddress,
  kDestinationAddress,
  kSourcePort,
  kDestinationPort,
  kProtocol,
  kTcpFlags,
  kReverseTcpFlags,
  kPackets,
  kBytes,
  kReversePackets,
  kReverseBytes,
  kSamplingRate,
  kInputInterface,
  kOutputInterface,
  kSourceAs,
  kDestinationAs,
  kVlan,
  kDirection,
  kNextHop,
  kIcmpMessage,
  kEvent,
  kTranslatedSourceAddress,
  kTranslatedDestinationAddress,
  kTranslatedSourcePort,
  kTranslatedDestinationPort,
  kEndReason,
  // Beside the batch, one 64-bit value a record.
  kSampler,
  kLegacySampler,
  kSamplingPacketInterval,
  kSamplingPacketSpace,
  kSamplingSize,
  kSamplingPopulation,
  kSystemInit,
  kDuration,
  kEventTime,
  kBiflowDirection,
  // Read as packet headers.
  kFrameSection,
  kIpHeaderSection,
};
inline constexpr auto kFirstBesideQuantity = Quantity::kSampler;
inline constexpr std::size_t kBesideQuantities =
    static_cast<std::size_t>(Quantity::kBiflowDirection) -
    static_cast<std::size_t>(kFirstBesideQuantity) + 1;

/// How the octets of a field become a value.
enum class Encoding : std::uint8_t {
  kInteger,       ///< unsigned, any width; wider than 8 octets: the low-order 8
  kIpv4,          ///< 4 octets
  kIpv6,          ///< 16 octets
  kDirection,     ///< flowDirection: 0 ingress, 1 egress
  kIcmpTypeCode,  ///< type × 256 + code
  kIcmpType,      ///< type alone
  kIcmpCode,      ///< code alone
  kUptime,        ///< milliseconds since the exporter started; 8 octets may be Unix milliseconds
  kSeconds,       ///< Unix seconds
  kMilliseconds,  ///< Unix milliseconds
  kMicroseconds,  ///< NTP timestamp (RFC 7011 §6.1.9), or what exporters put there instead
  kNanoseconds,   ///< the same (§6.1.10)
  kDeltaMicroseconds,     ///< before the export time
  kMicrosecondsDuration,  ///< a length of time, kept in milliseconds
  kOctets,                ///< a section of a packet
};

/// One row of the mapping from elements to quantities; docs/reference/field-mapping.md shows it.
///
/// Where a template has several elements for one quantity, those of the lowest `group` are used and
/// the others skipped. Within a group the lowest `order` wins where its value is not zero.
struct ElementMapping {
  std::uint32_t enterprise;
  std::uint16_t element;
  Quantity quantity;
  Encoding encoding;
  std::uint8_t group = 0;
  std::uint8_t order = 0;
};

/// The whole table, sorted by enterprise and element.
[[nodiscard]] std::span<const ElementMapping> element_mappings();

/// The mapping of an element, or nullptr for one that tells us nothing.
[[nodiscard]] const ElementMapping* find_mapping(std::uint32_t enterprise, std::uint16_t element);

}  // namespace noroshi
