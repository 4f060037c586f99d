// The first byte picks the link type, the rest is the packet. Whatever comes, nothing beyond the
// packet is read, and what is found lies inside it.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "decode/packet/packet_headers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  constexpr std::array kLinks{
      LinkType::kEthernet,    LinkType::kNull,         LinkType::kPpp,
      LinkType::kPppEthernet, LinkType::kCiscoHdlc,    LinkType::kLinuxCooked,
      LinkType::kRawIp,       LinkType::kLinuxCooked2, LinkType::kPerPacketInformation,
      LinkType::kMpls,        LinkType::kIpv4,         LinkType::kIpv6,
  };
  if (size == 0) return 0;
  // A copy of its exact size, so that a read beyond it is seen.
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  const std::vector<std::byte> packet(bytes.begin(), bytes.end());
  const auto headers = read_packet_headers(kLinks[data[0] % kLinks.size()], packet);
  if (!headers) return 0;
  CHECK(headers->layer4_offset >= 20 && headers->layer4_offset <= packet.size());
  CHECK(headers->layer4_payload_offset <= packet.size());
  CHECK(!headers->has_layer4 || headers->layer4_payload_offset >= headers->layer4_offset);
  CHECK(!headers->is_later_fragment || !headers->has_layer4);
  CHECK(headers->ip_length >= 20);
  return 0;
}
