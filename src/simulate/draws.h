#pragma once

#include <bit>
#include <chrono>
#include <cstdint>

namespace noroshi::simulate {

/// Room for the product of two words.
__extension__ using WideWord = unsigned __int128;

/// Random numbers by counter: the n-th draw of a key is a function of key and n alone (SplitMix64,
/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014), so that what a
/// line does at a moment can be asked for without having gone through all that it did before, and
/// nothing needs to be remembered for it. The same on every machine: integers and comparisons only.
class Draws {
 public:
  constexpr explicit Draws(std::uint64_t key) : state_(key) {}

  /// The draws of a part: of a line, of its k-th beat. Independent of how far these have gone only
  /// if taken before the first draw.
  [[nodiscard]] constexpr Draws of(std::uint64_t part) const {
    return Draws(scrambled(state_ ^ scrambled(part + 0x632b'e59b'd9b4'e019)));
  }

  constexpr std::uint64_t next() { return scrambled(state_ += 0x9e37'79b9'7f4a'7c15); }
  /// In [0, bound), bound > 0; uniform to one part in 2^32 for the bounds used here.
  constexpr std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>(static_cast<WideWord>(next()) * bound >> 64);
  }
  /// In [least, most].
  constexpr std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + below(most - least + 1);
  }
  constexpr std::chrono::milliseconds between(std::chrono::milliseconds least,
                                              std::chrono::milliseconds most) {
    return least + std::chrono::milliseconds(static_cast<std::int64_t>(
                       below(static_cast<std::uint64_t>((most - least).count()) + 1)));
  }
  /// True `permille` times in a thousand, and `millionths` times in a million.
  constexpr bool chance(std::uint32_t permille) { return below(1000) < permille; }
  constexpr bool chance_of_million(std::uint32_t millionths) {
    return below(1'000'000) < millionths;
  }
  /// Exponential with this mean; at most 63 times it.
  std::chrono::milliseconds exponential(std::chrono::milliseconds mean);
  /// How many events of a Poisson process with so many thousandths expected; at most kMostEvents.
  std::uint32_t poisson(std::uint64_t expected_thousandths);
  static constexpr std::uint32_t kMostEvents = 64;
  /// Heavy-tailed in [least, most]: each doubling is as likely as `permille` in a thousand; uniform
  /// between the doublings.
  std::uint64_t heavy_tailed(std::uint64_t least, std::uint64_t most, std::uint32_t permille);
  /// A rank in [0, count) by Zipf's law with exponent 1: each doubling of the rank has the same
  /// share; uniform between the doublings.
  std::uint64_t zipf(std::uint64_t count);

 private:
  static constexpr std::uint64_t scrambled(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
    return z ^ (z >> 31);
  }
  /// Exponential with mean 1 and 32 fractional bits, below 64.
  std::uint64_t exponential();

  std::uint64_t state_;
};

}  // namespace noroshi::simulate
