#include "decode/template/elements.h"

#include <algorithm>
#include <array>

namespace noroshi {
namespace {

using enum Encoding;
using Q = Quantity;

constexpr auto kMappings = std::to_array<ElementMapping>({
    {kIana, 1, Q::kBytes, kInteger},
    {kIana, 2, Q::kPackets, kInteger},
    {kIana, 4, Q::kProtocol, kInteger},
    {kIana, 6, Q::kTcpFlags, kInteger},
    {kIana, 7, Q::kSourcePort, kInteger},
    {kIana, 8, Q::kSourceAddress, kIpv4},
    {kIana, 10, Q::kInputInterface, kInteger},
    {kIana, 11, Q::kDestinationPort, kInteger},
    {kIana, 12, Q::kDestinationAddress, kIpv4},
    {kIana, 14, Q::kOutputInterface, kInteger},
    {kIana, 15, Q::kNextHop, kIpv4},
    {kIana, 16, Q::kSourceAs, kInteger},
    {kIana, 17, Q::kDestinationAs, kInteger},
    {kIana, 18, Q::kNextHop, kIpv4, 0, 2},
    {kIana, 21, Q::kLast, kUptime, 4},
    {kIana, 22, Q::kFirst, kUptime, 4},
    // What left the exporter of the same packets, not the other direction: it counts where nothing
    // was counted coming in.
    {kIana, 23, Q::kBytes, kInteger, 0, 1},
    {kIana, 24, Q::kPackets, kInteger, 0, 1},
    {kIana, 27, Q::kSourceAddress, kIpv6, 0, 1},
    {kIana, 28, Q::kDestinationAddress, kIpv6, 0, 1},
    {kIana, 32, Q::kIcmpMessage, kIcmpTypeCode},
    {kIana, 34, Q::kSamplingRate, kInteger},
    {kIana, 48, Q::kLegacySampler, kInteger},
    {kIana, 50, Q::kSamplingRate, kInteger, 1},
    {kIana, 58, Q::kVlan, kInteger},
    {kIana, 59, Q::kVlan, kInteger, 1},
    {kIana, 61, Q::kDirection, kDirection},
    {kIana, 62, Q::kNextHop, kIpv6, 0, 1},
    {kIana, 63, Q::kNextHop, kIpv6, 0, 3},
    {kIana, 85, Q::kBytes, kInteger, 2},
    {kIana, 86, Q::kPackets, kInteger, 2},
    {kIana, 136, Q::kEndReason, kInteger},
    {kIana, 139, Q::kIcmpMessage, kIcmpTypeCode, 0, 1},
    {kIana, 150, Q::kFirst, kSeconds, 3},
    {kIana, 151, Q::kLast, kSeconds, 3},
    {kIana, 152, Q::kFirst, kMilliseconds},
    {kIana, 153, Q::kLast, kMilliseconds},
    {kIana, 154, Q::kFirst, kMicroseconds, 1},
    {kIana, 155, Q::kLast, kMicroseconds, 1},
    {kIana, 156, Q::kFirst, kNanoseconds, 2},
    {kIana, 157, Q::kLast, kNanoseconds, 2},
    {kIana, 158, Q::kFirst, kDeltaMicroseconds, 5},
    {kIana, 159, Q::kLast, kDeltaMicroseconds, 5},
    {kIana, 160, Q::kSystemInit, kInteger},
    {kIana, 161, Q::kDuration, kInteger},
    {kIana, 162, Q::kDuration, kMicrosecondsDuration, 1},
    {kIana, 176, Q::kIcmpMessage, kIcmpType, 1},
    {kIana, 177, Q::kIcmpMessage, kIcmpCode, 1},
    {kIana, 178, Q::kIcmpMessage, kIcmpType, 1, 1},
    {kIana, 179, Q::kIcmpMessage, kIcmpCode, 1, 1},
    {kIana, 180, Q::kSourcePort, kInteger, 1},
    {kIana, 181, Q::kDestinationPort, kInteger, 1},
    {kIana, 182, Q::kSourcePort, kInteger, 1, 1},
    {kIana, 183, Q::kDestinationPort, kInteger, 1, 1},
    {kIana, 225, Q::kTranslatedSourceAddress, kIpv4},
    {kIana, 226, Q::kTranslatedDestinationAddress, kIpv4},
    {kIana, 227, Q::kTranslatedSourcePort, kInteger},
    {kIana, 228, Q::kTranslatedDestinationPort, kInteger},
    {kIana, 230, Q::kEvent, kInteger},
    {kIana, 231, Q::kBytes, kInteger, 1},
    {kIana, 232, Q::kReverseBytes, kInteger, 1},
    {kIana, 233, Q::kEvent, kInteger, 1},
    {kIana, 239, Q::kBiflowDirection, kInteger},
    {kIana, 243, Q::kVlan, kInteger, 0, 1},
    {kIana, 252, Q::kInputInterface, kInteger, 1},
    {kIana, 253, Q::kOutputInterface, kInteger, 1},
    {kIana, 281, Q::kTranslatedSourceAddress, kIpv6, 0, 1},
    {kIana, 282, Q::kTranslatedDestinationAddress, kIpv6, 0, 1},
    {kIana, 298, Q::kPackets, kInteger, 1},
    {kIana, 299, Q::kReversePackets, kInteger, 1},
    {kIana, 302, Q::kSampler, kInteger},
    {kIana, 305, Q::kSamplingPacketInterval, kInteger},
    {kIana, 306, Q::kSamplingPacketSpace, kInteger},
    {kIana, 309, Q::kSamplingSize, kInteger},
    {kIana, 310, Q::kSamplingPopulation, kInteger},
    {kIana, 313, Q::kIpHeaderSection, kOctets},
    {kIana, 315, Q::kFrameSection, kOctets},
    {kIana, 322, Q::kEventTime, kSeconds, 3},
    {kIana, 323, Q::kEventTime, kMilliseconds},
    {kIana, 324, Q::kEventTime, kMicroseconds, 1},
    {kIana, 325, Q::kEventTime, kNanoseconds, 2},
    // Cisco ASA before 8.4, NetFlow v9 only: in IPFIX these numbers cannot be written.
    {kIana, 40001, Q::kTranslatedSourceAddress, kIpv4, 1},
    {kIana, 40002, Q::kTranslatedDestinationAddress, kIpv4, 1},
    {kIana, 40003, Q::kTranslatedSourcePort, kInteger, 1},
    {kIana, 40004, Q::kTranslatedDestinationPort, kInteger, 1},
    {kIana, 40005, Q::kEvent, kInteger, 2},
    // YAF: flags of the first packet, and of all that follow it.
    {kCert, 14, Q::kTcpFlags, kInteger, 1},
    {kCert, 15, Q::kTcpFlags, kInteger, 1, 1},
    {kCert, 14 | kReverseBit, Q::kReverseTcpFlags, kInteger, 1},
    {kCert, 15 | kReverseBit, Q::kReverseTcpFlags, kInteger, 1, 1},
    {kReverse, 1, Q::kReverseBytes, kInteger},
    {kReverse, 2, Q::kReversePackets, kInteger},
    {kReverse, 6, Q::kReverseTcpFlags, kInteger},
    {kReverse, 85, Q::kReverseBytes, kInteger, 2},
    {kReverse, 86, Q::kReversePackets, kInteger, 2},
});

constexpr bool comes_before(const ElementMapping& a, const ElementMapping& b) {
  return a.enterprise != b.enterprise ? a.enterprise < b.enterprise : a.element < b.element;
}
static_assert(std::is_sorted(kMappings.begin(), kMappings.end(), comes_before));

}  // namespace

std::span<const ElementMapping> element_mappings() { return kMappings; }

const ElementMapping* find_mapping(std::uint32_t enterprise, std::uint16_t element) {
  const ElementMapping wanted{enterprise, element, Q::kFirst, kInteger};
  const auto* const found =
      std::lower_bound(kMappings.begin(), kMappings.end(), wanted, comes_before);
  if (found == kMappings.end() || comes_before(wanted, *found)) return nullptr;
  return found;
}

}  // namespace noroshi
