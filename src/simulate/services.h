#pragma once

#include <cstdint>
#include <vector>

#include "net/ip_address.h"
#include "simulate/random.h"

namespace noroshi::simulate {

/// A server in the Internet beyond the provider. Some answer over IPv6 too.
struct Server {
  IpAddress v4;
  IpAddress v6;  ///< none where the server has no IPv6
};

/// Many servers, the first far more popular than the last (Zipf's law with exponent 1).
class ServerPool {
 public:
  explicit ServerPool(std::vector<Server> servers);
  [[nodiscard]] const Server& choose(Random& random) const;
  [[nodiscard]] const std::vector<Server>& servers() const { return servers_; }

 private:
  std::vector<Server> servers_;
  std::vector<std::uint64_t> cumulative_;
};

/// The addresses of the simulated Internet. All come from blocks that never hold a real host:
/// 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737), 198.18.0.0/15 (RFC 2544),
/// 100.64.0.0/10 (RFC 6598), 240.0.0.0/4 (RFC 1112 §4), 2001:db8::/32 (RFC 3849).
struct Services {
  explicit Services(Random random);

  ServerPool web;
  ServerPool video;
  ServerPool updates;
  ServerPool push;
  ServerPool games;
  ServerPool ntp;
  ServerPool camera_clouds;
  ServerPool vendor_clouds;
  ServerPool vpn_gateways;
  std::vector<Server> resolvers;
  std::vector<IpAddress> scanners;  ///< strangers that knock at every line

  /// An address for something hostile, between the others: nothing about it gives it away.
  [[nodiscard]] static IpAddress hostile(Random& random);
  [[nodiscard]] static IpAddress victim(Random& random);
  /// Anywhere in 240.0.0.0/4: what a scanner that draws addresses at random hits.
  [[nodiscard]] static IpAddress anywhere(Random& random);
};

/// The n-th line: an address in 100.64.0.0/10.
[[nodiscard]] IpAddress line_v4(std::uint32_t line);
/// A host in the line's /64 of 2001:db8:1000::/36.
[[nodiscard]] IpAddress line_v6(std::uint32_t line, Random& random);

inline constexpr const char* kLinePrefixes[] = {"100.64.0.0/10", "2001:db8:1000::/36"};

}  // namespace noroshi::simulate
