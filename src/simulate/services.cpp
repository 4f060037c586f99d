#include "simulate/services.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint32_t kBenchmark = 0xc612'0000;       // 198.18.0.0/15
constexpr std::uint32_t kDocumentation1 = 0xc000'0200;  // 192.0.2.0/24
constexpr std::uint32_t kDocumentation2 = 0xc633'6400;  // 198.51.100.0/24
constexpr std::uint32_t kDocumentation3 = 0xcb00'7100;  // 203.0.113.0/24
constexpr std::uint32_t kShared = 0x6440'0000;          // 100.64.0.0/10
constexpr std::uint32_t kReserved = 0xf000'0000;        // 240.0.0.0/4

IpAddress from_words(std::uint64_t high, std::uint64_t low) {
  std::array<std::byte, 16> bytes{};
  store_big_endian(bytes.data(), high);
  store_big_endian(bytes.data() + 8, low);
  return IpAddress::from_bytes(bytes);
}

// Draws are statements of their own: the order in which arguments are evaluated is the compiler's.
IpAddress server_v6(Random& random) {
  constexpr std::uint64_t kServers = 0x2001'0db8'f000'0000;
  const auto network = random.below(0x1000) << 16;
  return from_words(kServers | network, random.between(1, 0xffff));
}

/// `count` servers at random addresses of the benchmark block, `v6_permille` of them with IPv6.
ServerPool pool(Random& random, std::size_t count, std::uint32_t v6_permille) {
  std::vector<Server> servers(count);
  for (auto& server : servers) {
    server.v4 = IpAddress::from_v4(kBenchmark + static_cast<std::uint32_t>(random.below(1 << 17)));
    if (random.chance(v6_permille)) server.v6 = server_v6(random);
  }
  return ServerPool(std::move(servers));
}

std::vector<IpAddress> strangers(Random& random, std::size_t count) {
  std::vector<IpAddress> addresses(count);
  for (auto& address : addresses) address = Services::anywhere(random);
  return addresses;
}

}  // namespace

ServerPool::ServerPool(std::vector<Server> servers) : servers_(std::move(servers)) {
  CHECK(!servers_.empty());
  constexpr std::uint64_t kScale = std::uint64_t{1} << 32;
  std::uint64_t sum = 0;
  for (std::uint64_t rank = 1; rank <= servers_.size(); ++rank) {
    sum += kScale / rank;
    cumulative_.push_back(sum);
  }
}

const Server& ServerPool::choose(Random& random) const {
  const auto found = std::ranges::upper_bound(cumulative_, random.below(cumulative_.back()));
  return servers_[static_cast<std::size_t>(found - cumulative_.begin())];
}

Services::Services(Random random)
    : web(pool(random, 1500, 400)),
      video(pool(random, 24, 700)),
      updates(pool(random, 12, 600)),
      push(pool(random, 10, 700)),
      games(pool(random, 40, 100)),
      ntp(pool(random, 30, 300)),
      camera_clouds(pool(random, 3, 0)),
      vendor_clouds(pool(random, 10, 0)),
      vpn_gateways(pool(random, 60, 0)),
      resolvers{{IpAddress::from_v4(kDocumentation3 + 53), server_v6(random)},
                {IpAddress::from_v4(kDocumentation3 + 54), server_v6(random)}},
      scanners(strangers(random, 200)) {}

IpAddress Services::hostile(Random& random) {
  return random.chance(500)
             ? IpAddress::from_v4(kDocumentation2 +
                                  static_cast<std::uint32_t>(random.between(1, 254)))
             : IpAddress::from_v4(kBenchmark + static_cast<std::uint32_t>(random.below(1 << 17)));
}

IpAddress Services::victim(Random& random) {
  return IpAddress::from_v4(kDocumentation1 + static_cast<std::uint32_t>(random.between(1, 254)));
}

IpAddress Services::anywhere(Random& random) {
  return IpAddress::from_v4(kReserved + static_cast<std::uint32_t>(random.below(0x0fff'ff00)));
}

IpAddress line_v4(std::uint32_t line) {
  CHECK(line < (1u << 22) - 512);
  return IpAddress::from_v4(kShared + 256 + line);
}

IpAddress line_v6(std::uint32_t line, Random& random) {
  constexpr std::uint64_t kLines = 0x2001'0db8'1000'0000;
  return from_words(kLines | line, random.next());
}

}  // namespace noroshi::simulate
