#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace noroshi::simulate {

/// Random numbers that are the same for a seed on every machine and with every compiler:
/// xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021)
/// seeded by SplitMix64, and the few distributions the simulation needs made of integers and
/// comparisons alone, because std:: distributions and libm differ between libraries and processors.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [least, most].
  std::uint64_t between(std::uint64_t least, std::uint64_t most);
  std::chrono::milliseconds between(std::chrono::milliseconds least,
                                    std::chrono::milliseconds most);
  /// True `permille` times in a thousand.
  bool chance(std::uint32_t permille);
  /// Exponential with mean 1, as a fixed-point number with 32 fractional bits, below 64 (von
  /// Neumann's comparison method: exact, and free of logarithms).
  std::uint64_t exponential();
  /// Exponential with this mean, below a day.
  std::chrono::milliseconds exponential(std::chrono::milliseconds mean);
  /// Heavy-tailed in [least, most]: each doubling is as likely as `permille` in a thousand, so that
  /// the tail index is −log2(permille / 1000); uniform between the doublings.
  std::uint64_t heavy_tailed(std::uint64_t least, std::uint64_t most, std::uint32_t permille);

  /// A generator of its own for a part of the simulation: what one part draws does not disturb
  /// another.
  [[nodiscard]] Random fork(std::uint64_t stream) const;

 private:
  std::array<std::uint64_t, 4> state_{};
};

/// Simple random packet sampling at 1 in N: every packet is taken with probability 1/N, whatever
/// came before it. Costs as much as the packets taken, not as the packets seen.
class PacketSampler {
 public:
  PacketSampler(std::uint32_t rate, Random random);

  [[nodiscard]] std::uint32_t rate() const { return rate_; }

  /// Which of the next `count` packets are taken: how many, and the first and last by index.
  struct Taken {
    std::uint64_t count = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  Taken take(std::uint64_t count);
  /// True, and the packets have passed, when none of the next `count` is taken.
  bool pass(std::uint64_t count) {
    if (rate_ == 1 || skip_ < count) return false;
    skip_ -= count;
    return true;
  }
  /// The first taken packet among `count` from `from` on; the caller goes on behind it until
  /// nullopt, which ends the group.
  std::optional<std::uint64_t> next(std::uint64_t from, std::uint64_t count);

 private:
  std::uint64_t draw();

  std::uint32_t rate_;
  double mean_gap_ = 0;     // −1 / ln(1 − 1/N)
  std::uint64_t skip_ = 0;  // packets still to pass by before the next is taken
  Random random_;
};

}  // namespace noroshi::simulate
