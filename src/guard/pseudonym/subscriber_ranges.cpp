#include "guard/pseudonym/subscriber_ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "guard/pseudonym/block_cipher.h"

namespace noroshi {
namespace {

int bits_of(const Prefix& prefix) { return prefix.address().is_of_v4() ? 32 : 128; }

Prefix half_of(const Prefix& prefix, bool upper) {
  auto bytes = prefix.address().bytes();
  const auto bit = static_cast<std::size_t>(128 - bits_of(prefix) + prefix.length());
  if (upper) bytes[bit / 8] |= std::byte{0x80} >> static_cast<int>(bit % 8);
  return Prefix::of(IpAddress::from_bytes(bytes), prefix.length() + 1);
}

IpAddress last_of(const Prefix& prefix) {
  auto bytes = prefix.address().bytes();
  for (auto bit = static_cast<std::size_t>(128 - bits_of(prefix) + prefix.length()); bit < 128;
       ++bit)
    bytes[bit / 8] |= std::byte{0x80} >> static_cast<int>(bit % 8);
  return IpAddress::from_bytes(bytes);
}

Status check(const Prefix& range) {
  const auto refuse = [&](std::string_view why) {
    return failure(ErrorCode::kInvalidArgument, fmt::format("{}: {}", range.to_string(), why));
  };
  if (range.address().is_pseudonym())
    return refuse("a subscriber range is of addresses, not of pseudonyms: leave out the ~");
  if (bits_of(range) - range.length() < SubscriberRanges::kLeastHostBits)
    return refuse(fmt::format(
        "a pseudonym among so few addresses hides nobody: state the block of {} or more that it "
        "lies in",
        1 << SubscriberRanges::kLeastHostBits));
  if (range.address().is_v4()) return {};
  // Shorter prefixes reach out of the part of the space that their first address lies in.
  const auto high = range.address().high();
  const bool global = high >> 61 == 0b001 && range.length() >= 3;
  const bool local = high >> 57 == 0b1111'110 && range.length() >= 7;
  if (!global && !local) return refuse("an IPv6 subscriber range lies in 2000::/3 or fc00::/7");
  return {};
}

}  // namespace

bool covers(const Prefix& prefix, const Prefix& inner) {
  return bits_of(prefix) == bits_of(inner) && prefix.length() <= inner.length() &&
         prefix.contains(inner.address());
}

Result<SubscriberRanges> SubscriberRanges::of(std::vector<Prefix> stated,
                                              std::span<const Prefix> before) {
  SubscriberRanges ranges;
  ranges.blocks_.assign(before.begin(), before.end());
  std::ranges::sort(stated, {}, [](const Prefix& prefix) {
    return std::tuple(prefix.length(), prefix.address());
  });
  for (const auto& range : stated) {
    TRY(check(range));
    if (std::ranges::any_of(ranges.stated_,
                            [&](const Prefix& wider) { return covers(wider, range); }))
      continue;
    ranges.stated_.push_back(range);
    TRY(ranges.cover(range));
  }
  std::uint64_t numbers = 0;
  for (const auto& block : ranges.blocks_) {
    const bool used = std::ranges::any_of(
        ranges.stated_, [&](const Prefix& range) { return covers(range, block); });
    ranges.in_use_.push_back(used);
    if (used) numbers += BlockCipher::table_numbers(block);
  }
  if (numbers > BlockCipher::kMostTableNumbers)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("the subscriber ranges have {} IPv4 addresses together; tables are "
                               "kept for {} (four /8) at most",
                               numbers, BlockCipher::kMostTableNumbers));
  ranges.index();
  return ranges;
}

Status SubscriberRanges::cover(const Prefix& range) {
  bool divided = false;
  for (const auto& block : blocks_) {
    if (block == range) return {};
    if (covers(block, range))
      return failure(ErrorCode::kInvalidArgument,
                     fmt::format("{} lies inside {}, over all of which its pseudonyms were spread "
                                 "before: state {}, or leave it out",
                                 range.to_string(), block.to_string(), block.to_string()));
    divided = divided || covers(range, block);
  }
  if (divided) {
    TRY(cover(half_of(range, false)));
    return cover(half_of(range, true));
  }
  if (blocks_.size() == kMostBlocks)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("more than {} blocks of subscriber ranges", kMostBlocks));
  blocks_.push_back(range);
  return {};
}

void SubscriberRanges::index() {
  for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
    if (!in_use_[i]) continue;
    const Span span{blocks_[i].address(), last_of(blocks_[i]), i};
    const bool v4 = span.first.is_v4();
    auto& first_bits = v4 ? v4_first_ : v6_first_;
    const auto first = v4 ? span.first.v4() >> 16 : span.first.high() >> 48;
    const auto last = v4 ? span.last.v4() >> 16 : span.last.high() >> 48;
    for (auto at = first; at <= last; ++at) first_bits[at >> 6] |= std::uint64_t{1} << (at & 63);
    (v4 ? v4_ : v6_).push_back(span);
  }
  v6_look_ = v6_first_;
  for (std::size_t first = 0; first < 0x10000; ++first) {
    const auto bits = first >> 13;
    if (bits == 0b110 || bits == 0b101 || first == 0 || first == 0x0064 || first == 0x2001 ||
        first == 0x2002)
      v6_look_[first >> 6] |= std::uint64_t{1} << (first & 63);
  }
  std::ranges::sort(v4_, {}, &Span::first);
  std::ranges::sort(v6_, {}, &Span::first);
}

std::uint32_t SubscriberRanges::search_v4(std::uint32_t address) const {
  const auto after =
      std::ranges::upper_bound(v4_, address, {}, [](const Span& span) { return span.first.v4(); });
  if (after == v4_.begin()) return kNone;
  const auto& span = *(after - 1);
  return address <= span.last.v4() ? span.block : kNone;
}

std::uint32_t SubscriberRanges::search_v6(std::uint64_t high, std::uint64_t low) const {
  const auto halves = [](const IpAddress& address) {
    return std::pair(address.high(), address.low());
  };
  const auto after = std::ranges::upper_bound(v6_, std::pair(high, low), {},
                                              [&](const Span& span) { return halves(span.first); });
  if (after == v6_.begin()) return kNone;
  const auto& span = *(after - 1);
  return std::pair(high, low) <= halves(span.last) ? span.block : kNone;
}

}  // namespace noroshi
