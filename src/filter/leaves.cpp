#include "filter/leaves.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "filter/number_words.h"

namespace noroshi {
namespace {

/// More prefixes than this are looked up instead of compared one by one.
constexpr std::size_t kMostMasks = 6;
constexpr std::uint8_t kTcp = 6;

struct Words {
  std::uint64_t words[2];
};
Words words_of(const IpAddress& address) {
  Words result;
  std::memcpy(result.words, address.bytes().data(), sizeof(result.words));
  return result;
}

void run(const NumberRange& range, Numbers& numbers, ConstMask asked, Mask out) {
  numbers.visit(range.number, [&]<typename T>(std::span<const T> column) {
    constexpr std::uint64_t kMost = std::numeric_limits<T>::max();
    if (range.low > range.high || range.low > kMost) {
      std::ranges::fill(out, std::uint8_t{0});
      return;
    }
    // One comparison without a sign: below `low` the difference wraps around and is large.
    const auto low = static_cast<T>(range.low);
    const auto span = static_cast<T>(std::min(range.high, kMost) - range.low);
    const T* const values = column.data();
    const std::uint8_t* const ask = asked.data();
    std::uint8_t* const to = out.data();
    for (std::size_t row = 0; row < column.size(); ++row)
      to[row] =
          static_cast<std::uint8_t>(ask[row] & (static_cast<T>(values[row] - low) <= span ? 1 : 0));
  });
}

void run(const NumberBits& set, Numbers& numbers, ConstMask asked, Mask out) {
  numbers.visit(set.number, [&]<typename T>(std::span<const T> column) {
    if constexpr (sizeof(T) <= 2) {
      const std::uint64_t* const bits = set.bits.data();
      for (std::size_t row = 0; row < column.size(); ++row)
        out[row] = static_cast<std::uint8_t>(asked[row] &
                                             (bits[column[row] / 64] >> (column[row] % 64) & 1));
    }
  });
}

void run(const NumberList& list, Numbers& numbers, ConstMask asked, Mask out) {
  numbers.visit(list.number, [&]<typename T>(std::span<const T> column) {
    for (std::size_t row = 0; row < column.size(); ++row)
      out[row] = asked[row] != 0 && std::ranges::binary_search(
                                        list.values, static_cast<std::uint64_t>(column[row]))
                     ? 1
                     : 0;
  });
}

void run(const AddressMasks& masks, Numbers& numbers, ConstMask asked, Mask out) {
  std::ranges::fill(out, std::uint8_t{0});
  const auto column = numbers.addresses(masks.column);
  for (const auto& block : masks.blocks) {
    const auto [mask0, mask1] = block.mask;
    const auto [value0, value1] = block.value;
    const IpAddress* const addresses = column.data();
    const std::uint8_t* const ask = asked.data();
    std::uint8_t* const to = out.data();
    for (std::size_t row = 0; row < column.size(); ++row) {
      const auto words = words_of(addresses[row]);
      const auto differs =
          ((words.words[0] & mask0) ^ value0) | ((words.words[1] & mask1) ^ value1);
      to[row] = static_cast<std::uint8_t>(to[row] | (ask[row] & (differs == 0 ? 1 : 0)));
    }
  }
}

void run(const AddressTable& table, Numbers& numbers, ConstMask asked, Mask out) {
  const auto column = numbers.addresses(table.column);
  for (std::size_t row = 0; row < column.size(); ++row)
    out[row] = asked[row] != 0 && table.ranges.contains(column[row]) ? 1 : 0;
}

void run(const FlagsAre& are, Numbers& numbers, ConstMask asked, Mask out) {
  const auto flags = numbers.batch().tcp_flags();
  const auto protocols = numbers.batch().protocol();
  const std::uint8_t* const ask = asked.data();
  std::uint8_t* const to = out.data();
  for (std::size_t row = 0; row < flags.size(); ++row)
    to[row] = static_cast<std::uint8_t>(ask[row] & (protocols[row] == kTcp ? 1 : 0) &
                                        ((flags[row] & are.mask) == are.value ? 1 : 0));
}

void run(const FamilyIs& is, Numbers& numbers, ConstMask asked, Mask out) {
  const auto addresses = numbers.batch().source_address();
  const std::uint8_t wanted = is.v6 ? 0 : 1;
  for (std::size_t row = 0; row < addresses.size(); ++row)
    out[row] = static_cast<std::uint8_t>(asked[row] &
                                         ((addresses[row].is_of_v4() ? 1 : 0) == wanted ? 1 : 0));
}

std::size_t cost_of_column(Number number) {
  if (number == Number::kPackets || number == Number::kBytes || number == Number::kDuration)
    return 12;
  return is_derived(number) ? 60 : words_of(number).highest == UINT64_MAX ? 8 : 2;
}

std::size_t cost(const NumberRange& range) { return cost_of_column(range.number); }
std::size_t cost(const NumberBits&) { return 8; }
std::size_t cost(const NumberList& list) { return 100 + cost_of_column(list.number); }
std::size_t cost(const AddressMasks& masks) { return 10 * masks.blocks.size(); }
std::size_t cost(const AddressTable&) { return 150; }
std::size_t cost(const FlagsAre&) { return 2; }
std::size_t cost(const FamilyIs&) { return 10; }

}  // namespace

NumberRange range_of(const NumberIs& is) {
  constexpr NumberRange kNothing{Number::kKind, 1, 0};
  switch (is.comparison) {
    case Comparison::kEqual:
      return {is.number, is.value, is.value};
    case Comparison::kLess:
      return is.value == 0 ? kNothing : NumberRange{is.number, 0, is.value - 1};
    case Comparison::kLessOrEqual:
      return {is.number, 0, is.value};
    case Comparison::kGreater:
      return is.value == UINT64_MAX ? kNothing : NumberRange{is.number, is.value + 1, UINT64_MAX};
    case Comparison::kGreaterOrEqual:
      return {is.number, is.value, UINT64_MAX};
  }
  return kNothing;
}

std::variant<NumberBits, NumberList> list_of(const NumberIn& in) {
  const auto highest = words_of(in.number).highest;
  if (highest > UINT16_MAX) return NumberList{in.number, in.values};
  NumberBits set{in.number, std::vector<std::uint64_t>((highest + 1) / 64)};
  for (const auto value : in.values)
    if (value <= highest) set.bits[value / 64] |= std::uint64_t{1} << (value % 64);
  return set;
}

std::variant<AddressMasks, AddressTable> addresses_of(const AddressIn& in) {
  if (in.prefixes.size() > kMostMasks) return AddressTable{in.column, AddressRanges(in.prefixes)};
  AddressMasks masks{in.column, {}};
  for (const auto& prefix : in.prefixes) {
    const auto length =
        static_cast<std::size_t>(prefix.length() + (prefix.address().is_of_v4() ? 96 : 0));
    std::array<std::byte, 16> bytes{};
    for (std::size_t bit = 0; bit < length; ++bit) bytes[bit / 8] |= std::byte{0x80} >> (bit % 8);
    const auto mask = words_of(IpAddress::from_bytes(bytes));
    const auto value = words_of(prefix.address());
    masks.blocks.push_back({{mask.words[0], mask.words[1]}, {value.words[0], value.words[1]}});
  }
  return masks;
}

void evaluate(const Leaf& leaf, Numbers& numbers, ConstMask asked, Mask out) {
  std::visit([&](const auto& ready) { run(ready, numbers, asked, out); }, leaf);
}

std::size_t cost_of(const Leaf& leaf) {
  return std::visit([](const auto& ready) { return cost(ready); }, leaf);
}

}  // namespace noroshi
