#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "filter/address_ranges.h"
#include "filter/condition.h"
#include "filter/numbers.h"

namespace noroshi {

/// One byte a row, 1 or 0.
using Mask = std::span<std::uint8_t>;
using ConstMask = std::span<const std::uint8_t>;

/// A leaf of a condition made ready: one loop over one column. Each writes, for every row, 1 to
/// `out` where `asked` is 1 and the leaf holds, else 0. `asked` and `out` may not be the same.

/// low <= number <= high, which every comparison comes down to; none where low > high.
struct NumberRange {
  Number number;
  std::uint64_t low;
  std::uint64_t high;
};
[[nodiscard]] NumberRange range_of(const NumberIs& is);

/// A bit for each value of a column of at most 16 bits.
struct NumberBits {
  Number number;
  std::vector<std::uint64_t> bits;
};
/// A sorted list for wider columns.
struct NumberList {
  Number number;
  std::vector<std::uint64_t> values;
};
[[nodiscard]] std::variant<NumberBits, NumberList> list_of(const NumberIn& in);

/// A few prefixes, each compared as two masked words.
struct AddressMasks {
  struct Block {
    std::uint64_t mask[2];
    std::uint64_t value[2];
  };
  AddressColumn column;
  std::vector<Block> blocks;
};
struct AddressTable {
  AddressColumn column;
  AddressRanges ranges;
};
[[nodiscard]] std::variant<AddressMasks, AddressTable> addresses_of(const AddressIn& in);

using Leaf = std::variant<NumberRange, NumberBits, NumberList, AddressMasks, AddressTable, FlagsAre,
                          FamilyIs>;

void evaluate(const Leaf& leaf, Numbers& numbers, ConstMask asked, Mask out);

/// What a row costs, roughly in tenths of a nanosecond, to put cheap leaves first.
[[nodiscard]] std::size_t cost_of(const Leaf& leaf);

}  // namespace noroshi
