#pragma once

#include <cstddef>
#include <cstdint>

#include "guard/pseudonym/private_memory.h"
#include "guard/pseudonym/secret.h"

namespace noroshi {

/// A permutation of the numbers of `bits` bits, drawn uniformly from all of them by the key: a
/// Fisher–Yates shuffle (Knuth, The Art of Computer Programming 2, §3.4.2, algorithm P) on the
/// keystream of AES-256 in counter mode. Four bytes of memory a number. Any number of threads may
/// ask at once.
class Permutation {
 public:
  static constexpr int kMostBits = 26;

  /// 0 ≤ bits ≤ kMostBits.
  Permutation(const Secret& key, int bits);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// `number` is below size().
  [[nodiscard]] std::uint32_t at(std::uint32_t number) const { return table()[number]; }
  /// The number of which at() is `image`: by going through all of them.
  [[nodiscard]] std::uint32_t origin_of(std::uint32_t image) const;
  /// Where at() of a number stands, for those who fetch it ahead.
  [[nodiscard]] const std::uint32_t* place_of(std::uint32_t number) const {
    return table() + number;
  }

 private:
  [[nodiscard]] const std::uint32_t* table() const {
    return static_cast<const std::uint32_t*>(memory_.data());
  }

  std::size_t size_;
  PrivateMemory memory_;
};

}  // namespace noroshi
