#include "simulate/population/subscriber.h"

#include <algorithm>
#include <array>

#include "base/byte_order.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint64_t kLineStream = 0x11e5;
constexpr std::uint32_t kMostInShared = (1u << 22) - 512;  // 100.64.0.0/10
constexpr std::uint16_t kPortsOfShare = 1'000;             // behind a shared address, each line

}  // namespace

Population::Population(const Plan& plan) : plan_(plan), draws_(Draws(plan.seed).of(kLineStream)) {}

std::uint32_t Population::base() const {
  return plan_.lines <= kMostInShared ? 0x6440'0000 + 256 : 0x0a00'0000 + 256;
}

Subscriber Population::line(std::uint32_t index) const {
  auto draws = draws_.of(index);
  Subscriber line;
  line.index = index;
  const auto kind = draws.below(1000);
  if (kind < plan_.servers_permille)
    line.kind = LineKind::kServer;
  else if (kind < plan_.servers_permille + plan_.offices_permille)
    line.kind = LineKind::kOffice;
  // Tail index of 1: as unequal as measured households are said to be; assumed.
  line.activity_permille = static_cast<std::uint32_t>(draws.heavy_tailed(330, 16'000, 480) *
                                                      plan_.activity_permille / 1000);
  if (draws.chance(plan_.ipv6_permille)) line.v6 = v6_of(index);
  line.v4 = IpAddress::from_v4(base() + index);
  // Whole groups of neighbours share the address of their first. Nobody can serve from behind it.
  const auto group = index / plan_.cgn_lines;
  auto of_group = draws_.of(0xc6'0000'0000 + group);
  if (of_group.chance(plan_.cgn_permille)) {
    if (line.kind == LineKind::kServer) line.kind = LineKind::kOffice;
    line.v4 = IpAddress::from_v4(base() + group * plan_.cgn_lines);
    line.first_port = static_cast<std::uint16_t>(1'024 + (index % plan_.cgn_lines) * kPortsOfShare);
    line.port_count = kPortsOfShare;
  }
  return line;
}

IpAddress Population::v6_of(std::uint32_t index) const {
  constexpr std::uint64_t kLines = 0x2001'0db8'1000'0000;
  auto host = draws_.of(0x0600'0000'0000 + index);
  std::array<std::byte, 16> bytes{};
  store_big_endian(bytes.data(), kLines | index);
  store_big_endian(bytes.data() + 8, host.next() | 1);
  return IpAddress::from_bytes(bytes);
}

std::vector<std::string> Population::prefixes() const {
  return {plan_.lines <= kMostInShared ? "100.64.0.0/10" : "10.0.0.0/8", "2001:db8:1000::/36"};
}

std::string_view to_string(LineKind kind) {
  static constexpr std::string_view kNames[kLineKinds] = {"home", "office", "server"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace noroshi::simulate
