#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "net/prefix.h"

namespace noroshi {

/// The provider's subscriber ranges, divided into blocks. A block is what pseudonyms are drawn
/// within, and it stays for ever: were a range widened and drawn anew, pseudonyms of before would
/// be reversed to somebody else. So the blocks ever used are handed in, and only what lies beyond
/// them becomes new blocks.
///
/// Any number of threads may ask at once.
class SubscriberRanges {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  /// Fewer hide nobody.
  static constexpr int kLeastHostBits = 8;
  static constexpr std::size_t kMostBlocks = 4096;

  SubscriberRanges() = default;
  /// `stated` in any order; a range within another one adds nothing. kInvalidArgument, with the
  /// range and why: a pseudonym's, one with fewer than kLeastHostBits, an IPv6 range outside
  /// 2000::/3 and fc00::/7, one that lies inside a block of `before`, or more addresses than tables
  /// are kept for.
  [[nodiscard]] static Result<SubscriberRanges> of(std::vector<Prefix> stated,
                                                   std::span<const Prefix> before = {});

  [[nodiscard]] bool empty() const { return stated_.empty(); }
  /// What was stated, without what lies within another.
  [[nodiscard]] const std::vector<Prefix>& stated() const { return stated_; }
  /// Those of before and then the new ones; find() gives places in it.
  [[nodiscard]] const std::vector<Prefix>& blocks() const { return blocks_; }
  /// The block is part of what is stated now.
  [[nodiscard]] bool in_use(std::size_t block) const { return in_use_[block]; }

  /// False for nearly every address that is in no block in use, and without a branch, for what
  /// comes next is anybody's guess. True for all that are in one, or in the form of a pseudonym, or
  /// that may hold an IPv4 address; false for none.
  [[nodiscard]] bool look_closer(std::uint64_t high, std::uint64_t low) const {
    const bool v4 = high == 0 && low >> 32 == 0xffff;
    const auto first = v4 ? low >> 16 & 0xffff : high >> 48;
    const auto* bits = v4 ? v4_first_.data() : v6_look_.data();
    return ((bits[first >> 6] >> (first & 63) & 1) & std::uint64_t{(high | low) != 0}) != 0;
  }

  /// The block in use that holds an IPv4 address, or kNone.
  [[nodiscard]] std::uint32_t find_v4(std::uint32_t address) const {
    const auto first = address >> 16;
    return (v4_first_[first >> 6] >> (first & 63) & 1) == 0 ? kNone : search_v4(address);
  }
  /// The same for an IPv6 address in two halves.
  [[nodiscard]] std::uint32_t find_v6(std::uint64_t high, std::uint64_t low) const {
    const auto first = high >> 48;
    return (v6_first_[first >> 6] >> (first & 63) & 1) == 0 ? kNone : search_v6(high, low);
  }
  [[nodiscard]] std::uint32_t find(const IpAddress& address) const {
    return address.is_v4() ? find_v4(address.v4()) : find_v6(address.high(), address.low());
  }

 private:
  struct Span {
    IpAddress first;
    IpAddress last;
    std::uint32_t block;
  };
  Status cover(const Prefix& range);
  void index();
  [[nodiscard]] std::uint32_t search_v4(std::uint32_t address) const;
  [[nodiscard]] std::uint32_t search_v6(std::uint64_t high, std::uint64_t low) const;

  std::vector<Prefix> stated_;
  std::vector<Prefix> blocks_;
  std::vector<bool> in_use_;
  std::vector<Span> v4_;  // of the blocks in use, by address
  std::vector<Span> v6_;
  // One bit for each first 16 bits of an address: whether a block has such.
  std::array<std::uint64_t, 1024> v4_first_{};
  std::array<std::uint64_t, 1024> v6_first_{};
  /// v6_first_, the forms of pseudonyms, and what embedded_v4() looks into.
  std::array<std::uint64_t, 1024> v6_look_{};
};

/// `prefix` has that one inside it, or is the same.
[[nodiscard]] bool covers(const Prefix& prefix, const Prefix& inner);

}  // namespace noroshi
