#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "simulate/draws.h"

namespace noroshi::simulate {

/// What kind of network an address of the simulated Internet belongs to.
enum class NetworkKind : std::uint8_t {
  kCloud,    ///< large clouds: vendors' services, many tenants
  kContent,  ///< content networks: pages, films, updates
  kHosting,  ///< rented servers: small sites and most C&C servers
  kEyeball,  ///< other providers' lines: peers, strangers
};
inline constexpr std::size_t kNetworkKinds = 4;

/// One server's addresses; IPv6 is none where it has none.
struct Site {
  IpAddress v4;
  IpAddress v6;
};

/// The address plan of the simulated Internet. Every address is of a block that never holds a real
/// host: servers and peers in 198.18.0.0/15 (RFC 2544) and 2001:db8::/32 (RFC 3849), the provider's
/// resolvers in 203.0.113.0/24 and victims in 192.0.2.0/24 (RFC 5737), what random scans hit and
/// those who scan in 240.0.0.0/4 (RFC 1112 §4), the lines in 100.64.0.0/10 (RFC 6598), or in
/// 10.0.0.0/8 (RFC 1918) when there are more than fit.
///
/// 198.18.0.0/15 is cut into 32 blocks of /20, one network each, of the kinds above, under AS
/// numbers for documentation (RFC 5398). Hostile servers stand between the others, mostly in
/// hosting networks; of eight neighbouring addresses one is never given to a named service, so that
/// no endpoint is both.
class Internet {
 public:
  explicit Internet(std::uint64_t seed) : draws_(seed) {}

  /// The `rank`-th server of a pool: a function of its arguments alone. `v6_permille` of them have
  /// IPv6.
  [[nodiscard]] Site server(std::uint64_t pool, std::uint64_t rank, NetworkKind kind,
                            std::uint32_t v6_permille) const;
  /// An address for something hostile: in a hosting network three times in four.
  [[nodiscard]] static IpAddress hostile(Draws& draws);
  /// Another provider's subscriber, one of 45,056.
  [[nodiscard]] static IpAddress peer(std::uint64_t which);
  static constexpr std::uint64_t kPeers = 45'056;
  [[nodiscard]] static IpAddress victim(Draws& draws);
  /// What a scanner that draws addresses at random hits.
  [[nodiscard]] static IpAddress anywhere(Draws& draws);
  /// One of those who scan the Internet, by number.
  [[nodiscard]] IpAddress stranger(std::uint64_t number) const;
  /// The provider's own resolvers, 0 and 1.
  [[nodiscard]] static Site resolver(std::uint64_t which);

  static constexpr std::uint32_t kOwnAs = 64'500;
  /// The AS number under which an address is announced; kOwnAs for lines.
  [[nodiscard]] static std::uint32_t as_of(const IpAddress& address);
  /// Every AS and what it is, for the truth.
  struct Network {
    std::uint32_t as;
    NetworkKind kind;
  };
  [[nodiscard]] static std::vector<Network> networks();

 private:
  Draws draws_;
};

[[nodiscard]] std::string_view to_string(NetworkKind kind);

}  // namespace noroshi::simulate
