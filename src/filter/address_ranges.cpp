#include "filter/address_ranges.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace noroshi {
namespace {

struct Range {
  IpAddress first;
  IpAddress last;
};

IpAddress last_of(const Prefix& prefix) {
  const int length = prefix.length() + (prefix.address().is_of_v4() ? 96 : 0);
  auto bytes = prefix.address().bytes();
  for (int bit = length; bit < 128; ++bit)
    bytes[static_cast<std::size_t>(bit) / 8] |= std::byte{0x80} >> (bit % 8);
  return IpAddress::from_bytes(bytes);
}

/// The address after; all zero after the last.
IpAddress next_of(const IpAddress& address) {
  auto bytes = address.bytes();
  for (std::size_t i = bytes.size(); i-- > 0;) {
    bytes[i] = static_cast<std::byte>(std::to_integer<unsigned>(bytes[i]) + 1);
    if (bytes[i] != std::byte{0}) break;
  }
  return IpAddress::from_bytes(bytes);
}

std::vector<Range> ranges_of(std::span<const Prefix> prefixes) {
  std::vector<Range> ranges;
  ranges.reserve(prefixes.size());
  for (const auto& prefix : prefixes) ranges.push_back({prefix.address(), last_of(prefix)});
  std::ranges::sort(ranges, {}, &Range::first);
  std::vector<Range> apart;
  for (const auto& range : ranges) {
    const auto touches = [&] {
      const auto next = next_of(apart.back().last);
      return next.is_none() || range.first <= next;
    };
    if (!apart.empty() && touches()) {
      apart.back().last = std::max(apart.back().last, range.last);
    } else {
      apart.push_back(range);
    }
  }
  return apart;
}

}  // namespace

AddressRanges::AddressRanges(std::span<const Prefix> prefixes) {
  const auto first_v4 = IpAddress::from_v4(0);
  const auto last_v4 = IpAddress::from_v4(UINT32_MAX);
  std::vector<SortedRanges<V4>::Range> v4;
  std::vector<SortedRanges<V6>::Range> v6;
  for (const auto& [first, last] : ranges_of(prefixes)) {
    if (first <= last_v4 && last >= first_v4)
      v4.push_back({{std::max(first, first_v4).v4()}, {std::min(last, last_v4).v4()}});
    if (first < first_v4 || last > last_v4)
      v6.push_back({{first.high(), first.low()}, {last.high(), last.low()}});
  }
  v4_ = SortedRanges<V4>(std::move(v4));
  v6_ = SortedRanges<V6>(std::move(v6));
}

}  // namespace noroshi
