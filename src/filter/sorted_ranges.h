#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"

namespace noroshi {

/// Ranges of keys that are sorted and apart from each other, asked whether one holds a key: a step
/// through a table of the keys' leading bits, then a search among the few ranges found there. The
/// table has about four slots for each range; keys that crowd together cost a longer search.
///
/// `Key` is ordered and has `leading()`, 64 bits that grow with it.
template <typename Key>
class SortedRanges {
 public:
  struct Range {
    Key first;
    Key last;
  };

  SortedRanges() = default;
  explicit SortedRanges(std::vector<Range> ranges) : ranges_(std::move(ranges)) {
    CHECK(ranges_.size() < UINT32_MAX);
    if (ranges_.empty()) return;
    base_ = ranges_.front().first.leading();
    const auto extent = ranges_.back().last.leading() - base_;
    const auto bits = static_cast<unsigned>(std::bit_width(ranges_.size())) + 2;
    const auto width = static_cast<unsigned>(std::bit_width(extent));
    shift_ = width > bits ? width - bits : 0;
    slots_ = (extent >> shift_) + 1;
    start_.resize(slots_ + 1);
    std::size_t range = 0;
    for (std::size_t slot = 0; slot < slots_; ++slot) {
      const auto least = base_ + (static_cast<std::uint64_t>(slot) << shift_);
      while (ranges_[range].last.leading() < least) ++range;
      start_[slot] = static_cast<std::uint32_t>(range);
    }
    start_[slots_] = static_cast<std::uint32_t>(ranges_.size() - 1);
  }

  [[nodiscard]] bool contains(const Key& key) const {
    const auto slot = (key.leading() - base_) >> shift_;  // below the base it wraps around
    if (slot >= slots_) return false;
    // What holds the key ends in this slot, or is the first to end behind it.
    const Range* range = ranges_.data() + start_[slot];
    const Range* const last = ranges_.data() + start_[slot + 1];
    constexpr std::ptrdiff_t kFew = 8;
    if (last - range > kFew) {
      range = std::lower_bound(range, last, key,
                               [](const Range& one, const Key& k) { return one.last < k; });
    } else {
      while (range != last && range->last < key) ++range;
    }
    return range->first <= key && key <= range->last;
  }

 private:
  std::vector<Range> ranges_;
  std::vector<std::uint32_t> start_;  // for each slot the first range that ends in or behind it
  std::uint64_t base_ = 0;
  std::uint64_t slots_ = 0;
  unsigned shift_ = 0;
};

}  // namespace noroshi
