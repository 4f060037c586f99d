#include "filter/number_words.h"

#include <array>

#include "base/check.h"

namespace noroshi {
namespace {

constexpr std::uint64_t k8 = UINT8_MAX;
constexpr std::uint64_t k16 = UINT16_MAX;
constexpr std::uint64_t k32 = UINT32_MAX;
constexpr std::uint64_t k64 = UINT64_MAX;

constexpr std::array<NumberWords, 30> kNumbers{{
    {Number::kKind, "kind", "kind", k8},
    {Number::kFirst, "first", "first", k64},
    {Number::kLast, "last", "last", k64},
    {Number::kReceived, "received", "received", k64},
    {Number::kDuration, "duration", "duration", k64},
    {Number::kProtocol, "proto", "protocol", k8},
    {Number::kSourcePort, "src port", "source_port", k16},
    {Number::kDestinationPort, "dst port", "destination_port", k16},
    {Number::kTcpFlags, "", "tcp_flags", k8},
    {Number::kPackets, "packets", "packets", k64},
    {Number::kBytes, "bytes", "bytes", k64},
    {Number::kPacketsPerSecond, "pps", "packets_per_second", k64},
    {Number::kBitsPerSecond, "bps", "bits_per_second", k64},
    {Number::kBytesPerPacket, "bpp", "bytes_per_packet", k64},
    {Number::kSamplingRate, "sampling", "sampling_rate", k32},
    {Number::kObservationDomain, "domain", "observation_domain_id", k32},
    {Number::kInputInterface, "in if", "input_interface", k32},
    {Number::kOutputInterface, "out if", "output_interface", k32},
    {Number::kSourceAs, "src as", "source_as", k32},
    {Number::kDestinationAs, "dst as", "destination_as", k32},
    {Number::kSourceCountry, "src country", "source_country", k16},
    {Number::kDestinationCountry, "dst country", "destination_country", k16},
    {Number::kVlan, "vlan", "vlan", k16},
    {Number::kDirection, "", "direction", k8},
    {Number::kIcmpType, "", "icmp_type", k8},
    {Number::kIcmpCode, "", "icmp_code", k8},
    {Number::kEvent, "nat event", "event", k8},
    {Number::kTranslatedSourcePort, "src xport", "translated_source_port", k16},
    {Number::kTranslatedDestinationPort, "dst xport", "translated_destination_port", k16},
    {Number::kEndReason, "", "end_reason", k8},
}};

constexpr std::array<AddressWords, 6> kAddresses{{
    {AddressColumn::kSource, "src ip", "src net"},
    {AddressColumn::kDestination, "dst ip", "dst net"},
    {AddressColumn::kExporter, "router ip", "router net"},
    {AddressColumn::kNextHop, "next ip", "next net"},
    {AddressColumn::kTranslatedSource, "src xip", "src xnet"},
    {AddressColumn::kTranslatedDestination, "dst xip", "dst xnet"},
}};

constexpr bool stands_in_order() {
  for (std::size_t i = 0; i < kNumbers.size(); ++i)
    if (static_cast<std::size_t>(kNumbers[i].number) != i) return false;
  for (std::size_t i = 0; i < kAddresses.size(); ++i)
    if (static_cast<std::size_t>(kAddresses[i].column) != i) return false;
  return true;
}
static_assert(stands_in_order());

}  // namespace

std::span<const NumberWords> all_number_words() { return kNumbers; }

const NumberWords& words_of(Number number) {
  const auto index = static_cast<std::size_t>(number);
  CHECK(index < kNumbers.size());
  return kNumbers[index];
}

const AddressWords& words_of(AddressColumn column) {
  const auto index = static_cast<std::size_t>(column);
  CHECK(index < kAddresses.size());
  return kAddresses[index];
}

}  // namespace noroshi
