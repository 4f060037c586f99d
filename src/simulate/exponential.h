#pragma once

#include <cstdint>

namespace noroshi::simulate {

/// A draw from the exponential distribution with mean 1, in units of 2^-32, from words that `next`
/// draws uniformly: von Neumann's comparison method ("Various techniques used in connection with
/// random digits", 1951), which is exact and free of logarithms, so the same on every machine. At
/// most 63.
template <typename Next>
std::uint64_t exponential_from(Next&& next) {
  constexpr std::uint64_t kMostWholes = 63;
  for (std::uint64_t whole = 0; whole < kMostWholes; ++whole) {
    const std::uint64_t first = next();
    auto previous = first;
    std::uint32_t run = 1;
    for (std::uint64_t value = next(); value < previous; value = next()) {
      previous = value;
      ++run;
    }
    if (run % 2 == 1) return whole << 32 | first >> 32;
  }
  return kMostWholes << 32;
}

}  // namespace noroshi::simulate
