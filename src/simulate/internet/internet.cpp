#include "simulate/internet/internet.h"

#include <algorithm>
#include <array>

#include "base/byte_order.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint32_t kServers = 0xc612'0000;    // 198.18.0.0/15
constexpr std::uint32_t kVictims = 0xc000'0200;    // 192.0.2.0/24
constexpr std::uint32_t kResolvers = 0xcb00'7100;  // 203.0.113.0/24
constexpr std::uint32_t kReserved = 0xf000'0000;   // 240.0.0.0/4
constexpr std::uint32_t kBlock = 1u << 12;         // /20
constexpr std::uint32_t kHostileResidue = 5;       // of eight

struct Blocks {
  std::uint32_t first;
  std::uint32_t count;
};
// By NetworkKind.
constexpr std::array<Blocks, kNetworkKinds> kBlocks = {{{0, 5}, {5, 6}, {11, 10}, {21, 11}}};
static_assert(Internet::kPeers == 11 * kBlock);

NetworkKind kind_of_block(std::uint32_t block) {
  for (std::size_t kind = 0; kind < kNetworkKinds; ++kind)
    if (block - kBlocks[kind].first < kBlocks[kind].count) return static_cast<NetworkKind>(kind);
  return NetworkKind::kEyeball;
}

IpAddress from_words(std::uint64_t high, std::uint64_t low) {
  std::array<std::byte, 16> bytes{};
  store_big_endian(bytes.data(), high);
  store_big_endian(bytes.data() + 8, low);
  return IpAddress::from_bytes(bytes);
}

/// An address of that kind of network; `hostile` decides whose share of it.
std::uint32_t address_in(NetworkKind kind, bool hostile, Draws& draws) {
  const auto& blocks = kBlocks[static_cast<std::size_t>(kind)];
  const auto octet = static_cast<std::uint32_t>(draws.below(blocks.count * kBlock / 8)) * 8;
  auto residue = static_cast<std::uint32_t>(draws.below(7));
  if (residue >= kHostileResidue) ++residue;
  return kServers + blocks.first * kBlock + octet + (hostile ? kHostileResidue : residue);
}

}  // namespace

Site Internet::server(std::uint64_t pool, std::uint64_t rank, NetworkKind kind,
                      std::uint32_t v6_permille) const {
  auto draws = draws_.of(pool).of(rank);
  Site site;
  site.v4 = IpAddress::from_v4(address_in(kind, false, draws));
  if (draws.chance(v6_permille)) {
    constexpr std::uint64_t kServersV6 = 0x2001'0db8'f000'0000;
    const auto network = draws.below(0x1000) << 16;
    site.v6 = from_words(kServersV6 | network, draws.between(1, 0xffff'ffff));
  }
  return site;
}

IpAddress Internet::hostile(Draws& draws) {
  const auto kind = draws.chance(750)   ? NetworkKind::kHosting
                    : draws.chance(500) ? NetworkKind::kCloud
                                        : NetworkKind::kEyeball;
  return IpAddress::from_v4(address_in(kind, true, draws));
}

IpAddress Internet::peer(std::uint64_t which) {
  const auto& blocks = kBlocks[static_cast<std::size_t>(NetworkKind::kEyeball)];
  return IpAddress::from_v4(kServers + blocks.first * kBlock +
                            static_cast<std::uint32_t>(which % kPeers));
}

IpAddress Internet::victim(Draws& draws) {
  return IpAddress::from_v4(kVictims + static_cast<std::uint32_t>(draws.between(1, 254)));
}

IpAddress Internet::anywhere(Draws& draws) {
  return IpAddress::from_v4(kReserved + static_cast<std::uint32_t>(draws.below(0x0fff'ff00)));
}

IpAddress Internet::stranger(std::uint64_t number) const {
  auto draws = draws_.of(~std::uint64_t{0}).of(number);
  return anywhere(draws);
}

Site Internet::resolver(std::uint64_t which) {
  const auto host = static_cast<std::uint32_t>(53 + which % 2);
  return {IpAddress::from_v4(kResolvers + host), from_words(0x2001'0db8'0053'0000, host)};
}

std::uint32_t Internet::as_of(const IpAddress& address) {
  constexpr std::uint32_t kFirst = 64'501;
  constexpr std::uint32_t kNumbers = 11;  // to 64,511
  if (address.is_v4()) {
    const auto v4 = address.v4();
    if (v4 >> 22 == 0x6440'0000 >> 22 || v4 >> 24 == 10 || v4 >> 8 == kResolvers >> 8)
      return kOwnAs;
    if (v4 >> 17 == kServers >> 17) {
      const auto block = v4 >> 12 & 0x1f;
      const auto kind = static_cast<std::uint32_t>(kind_of_block(block));
      // Three numbers for hosting and for eyeball networks, two for each of the others.
      constexpr std::array<std::uint32_t, kNetworkKinds> kFirstOf = {0, 2, 4, 7};
      constexpr std::array<std::uint32_t, kNetworkKinds> kCount = {2, 2, 3, 3};
      return kFirst + kFirstOf[kind] + block % kCount[kind];
    }
    return kFirst + kNumbers - 1;
  }
  constexpr std::uint64_t kLinesV6 = 0x2001'0db8'1;
  if (address.high() >> 28 == kLinesV6 || address.high() >> 16 == 0x2001'0db8'0053) return kOwnAs;
  return kFirst + static_cast<std::uint32_t>(address.high() >> 16 & 0xfff) % 4;
}

std::vector<Internet::Network> Internet::networks() {
  std::vector<Network> networks;
  for (std::uint32_t block = 0; block < 32; ++block) {
    const auto as = as_of(IpAddress::from_v4(kServers + block * kBlock));
    if (std::ranges::none_of(networks, [&](const Network& known) { return known.as == as; }))
      networks.push_back({as, kind_of_block(block)});
  }
  return networks;
}

std::string_view to_string(NetworkKind kind) {
  static constexpr std::string_view kNames[kNetworkKinds] = {"cloud", "content", "hosting",
                                                             "eyeball"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace noroshi::simulate
