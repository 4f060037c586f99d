#pragma once

#include <compare>
#include <cstdint>
#include <span>

#include "filter/sorted_ranges.h"
#include "net/ip_address.h"
#include "net/prefix.h"

namespace noroshi {

/// Many prefixes, asked about many addresses: neighbours and prefixes inside others melted into
/// ranges, IPv4 and IPv6 apart. IPv4 addresses are those of ::ffff:0:0/96, as everywhere. Its
/// memory grows with the number of prefixes alone.
class AddressRanges {
 public:
  explicit AddressRanges(std::span<const Prefix> prefixes);

  /// Safe from many threads.
  [[nodiscard]] bool contains(const IpAddress& address) const {
    if (address.is_v4()) return v4_.contains({address.v4()});
    return v6_.contains({address.high(), address.low()});
  }

 private:
  struct V4 {
    std::uint32_t value;
    [[nodiscard]] std::uint64_t leading() const { return value; }
    friend auto operator<=>(const V4&, const V4&) = default;
  };
  struct V6 {
    std::uint64_t high;
    std::uint64_t low;
    [[nodiscard]] std::uint64_t leading() const { return high; }
    friend auto operator<=>(const V6&, const V6&) = default;
  };

  SortedRanges<V4> v4_;
  SortedRanges<V6> v6_;
};

}  // namespace noroshi
