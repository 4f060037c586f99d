#include "filter/address_ranges.h"

#include <algorithm>
#include <array>
#include <bit>

namespace noroshi {
namespace {

constexpr unsigned kMostIndexBits = 20;

IpAddress last_of(const Prefix& prefix) {
  const int length = prefix.length() + (prefix.address().is_v4() ? 96 : 0);
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

}  // namespace

AddressRanges::AddressRanges(std::span<const Prefix> prefixes) {
  std::vector<V6Range> ranges;
  ranges.reserve(prefixes.size());
  for (const auto& prefix : prefixes) ranges.push_back({prefix.address(), last_of(prefix)});
  std::ranges::sort(ranges, {}, &V6Range::first);
  std::vector<V6Range> apart;
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

  const auto first_v4 = IpAddress::from_v4(0);
  const auto last_v4 = IpAddress::from_v4(UINT32_MAX);
  for (const auto& range : apart) {
    if (range.first <= last_v4 && range.last >= first_v4)
      v4_.push_back({std::max(range.first, first_v4).v4(), std::min(range.last, last_v4).v4()});
    if (range.first < first_v4 || range.last > last_v4) v6_.push_back(range);
  }
  index_v4();
}

void AddressRanges::index_v4() {
  // About four slots for each range: a search then looks at one or two ranges.
  const auto bits = std::min(static_cast<unsigned>(std::bit_width(v4_.size())) + 2, kMostIndexBits);
  v4_shift_ = 32 - bits;
  v4_start_.resize((std::size_t{1} << bits) + 1);
  std::size_t range = 0;
  for (std::size_t slot = 0; slot < v4_start_.size(); ++slot) {
    const auto least = static_cast<std::uint64_t>(slot) << v4_shift_;
    while (range < v4_.size() && v4_[range].last < least) ++range;
    v4_start_[slot] = static_cast<std::uint32_t>(range);
  }
}

bool AddressRanges::contains(const IpAddress& address) const {
  if (address.is_v4()) {
    const auto wanted = address.v4();
    const auto slot = wanted >> v4_shift_;
    // The range that holds it ends in this slot or is the first that ends behind.
    const auto begin = v4_.begin() + v4_start_[slot];
    const auto behind = v4_start_[slot + 1];
    const auto end = v4_.begin() + std::min<std::ptrdiff_t>(behind + 1, std::ssize(v4_));
    const auto found = std::lower_bound(
        begin, end, wanted, [](const V4Range& range, std::uint32_t a) { return range.last < a; });
    return found != end && found->first <= wanted;
  }
  const auto found =
      std::lower_bound(v6_.begin(), v6_.end(), address,
                       [](const V6Range& range, const IpAddress& a) { return range.last < a; });
  return found != v6_.end() && found->first <= address;
}

}  // namespace noroshi
