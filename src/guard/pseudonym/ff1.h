#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "guard/pseudonym/aes256.h"
#include "guard/pseudonym/secret.h"

namespace noroshi {

/// FF1 of NIST SP 800-38G for bit strings (radix 2) of one length, with AES-256: a keyed
/// permutation of the numbers of `bits` bits, another one for each tweak. Works on many numbers at
/// once, a round of all of them after the other, so that AES runs at the speed of its pipeline.
///
/// Any number of threads may use one object at once.
class Ff1Bits {
 public:
  /// SP 800-38G wants a domain of a million or more: 2^20.
  static constexpr int kLeastBits = 20;
  static constexpr int kMostBits = 64;
  /// Every value of a tweak is 8 bytes; without tweaks it is the empty one.
  enum class Tweaks { kNone, kEightBytes };

  /// kLeastBits ≤ bits ≤ kMostBits.
  Ff1Bits(const Secret& key, int bits, Tweaks tweaks);

  /// Replaces every value, which has no bits above the lowest `bits`, by its encryption under the
  /// tweak at the same place (big-endian). With Tweaks::kNone `tweaks` is empty, else as long as
  /// `values`.
  void encrypt(std::span<std::uint64_t> values, std::span<const std::uint64_t> tweaks) const;
  void decrypt(std::span<std::uint64_t> values, std::span<const std::uint64_t> tweaks) const;

 private:
  enum class Way { kEncrypt, kDecrypt };
  void pass(Way way, std::span<std::uint64_t> values, std::span<const std::uint64_t> tweaks) const;

  Aes256 aes_;
  Tweaks tweaks_;
  int left_bits_;                 // u of algorithm 7
  int right_bits_;                // v
  int half_bytes_;                // b
  std::uint64_t first_high_ = 0;  // AES of P, as two words
  std::uint64_t first_low_ = 0;
};

}  // namespace noroshi
