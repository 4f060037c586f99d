#pragma once

#include <cstdint>
#include <utility>

#include "filter/condition.h"

namespace noroshi {

/// What "src", "dst", "in" and "out" before a word of a filter choose.
enum class Side : std::uint8_t { kUnsaid, kFirst, kSecond, kEither, kBoth };

/// The condition that `make(column)` gives of one or both of two columns, as the words before them
/// say.
template <typename Make, typename Column>
Condition on_sides(Side side, Column first, Column second, const Make& make) {
  if (first == second || side == Side::kFirst) return make(first);
  if (side == Side::kSecond) return make(second);
  const auto join = [&](auto node) {
    node.parts.push_back(make(first));
    node.parts.push_back(make(second));
    return Condition{std::move(node)};
  };
  return side == Side::kBoth ? join(AllOf()) : join(AnyOf());
}

}  // namespace noroshi
