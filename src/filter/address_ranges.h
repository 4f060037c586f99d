#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "net/ip_address.h"
#include "net/prefix.h"

namespace noroshi {

/// Many prefixes, asked about many addresses: neighbours and prefixes inside others melted into
/// ranges apart from each other, sorted. A lookup is one step through a table of the leading bits
/// and a short search (IPv4), or a binary search (IPv6). Its memory grows with the number of
/// prefixes alone. IPv4 addresses are those of ::ffff:0:0/96, as everywhere.
class AddressRanges {
 public:
  explicit AddressRanges(std::span<const Prefix> prefixes);

  /// Reads the table without a lock: safe from many threads.
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] std::size_t size() const { return v4_.size() + v6_.size(); }

 private:
  struct V4Range {
    std::uint32_t first;
    std::uint32_t last;
  };
  struct V6Range {
    IpAddress first;
    IpAddress last;
  };
  void index_v4();

  std::vector<V4Range> v4_;
  std::vector<V6Range> v6_;
  /// For each value of an IPv4 address's leading bits: the first range that ends there or behind.
  std::vector<std::uint32_t> v4_start_;
  unsigned v4_shift_ = 32;
};

}  // namespace noroshi
