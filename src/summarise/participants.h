#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/contact.h"
#include "net/ip_address.h"

namespace noroshi {

/// Counts which hosts, and which blocks of addresses, take part in most flows, in bounded memory:
/// Misra and Gries, "Finding repeated elements" (1982). A count is too low by at most
/// rows / kCounters.
class Participants {
 public:
  static constexpr std::size_t kCounters = 1024;
  /// Hosts, then the blocks that a site is usually given (IPv4 /24 and /16, IPv6 /64 and /48).
  static constexpr int kIpv4Lengths[] = {128, 120, 112};
  static constexpr int kIpv6Lengths[] = {128, 64, 48};

  void add(const IpAddress& source, const IpAddress& destination);
  /// Those counted at least `least` times, hosts first, then by count.
  [[nodiscard]] std::vector<ContactSummary::Participant> most(std::uint64_t least) const;

 private:
  struct Heavy {
    std::unordered_map<IpAddress, std::uint64_t> counts;
    void add(const IpAddress& address);
  };
  Heavy levels_[3];
};

/// `address` with the bits beyond `mapped_length` (of the 16-byte form) cleared.
[[nodiscard]] IpAddress block_of(const IpAddress& address, int mapped_length);

}  // namespace noroshi
