#include "guard/pseudonym/permutation.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <utility>

#include "base/check.h"
#include "guard/pseudonym/aes256.h"

namespace noroshi {

Permutation::Permutation(const Secret& key, int bits)
    : size_(std::size_t{1} << bits), memory_(size_ * sizeof(std::uint32_t)) {
  CHECK(bits >= 0 && bits <= kMostBits);
  const std::span<std::uint32_t> table(static_cast<std::uint32_t*>(memory_.data()), size_);
  std::iota(table.begin(), table.end(), 0u);
  Keystream keystream(key);
  // Which places change does not depend on what stands there: some swaps ahead, so that memory is
  // on its way before it is needed.
  constexpr std::size_t kAhead = 64;
  std::array<std::uint32_t, kAhead> places{};
  for (std::size_t left = size_; left > 1;) {
    const auto swaps = std::min(kAhead, left - 1);
    for (std::size_t i = 0; i < swaps; ++i) {
      places[i] = keystream.below(static_cast<std::uint32_t>(left - i));
      __builtin_prefetch(&table[places[i]], 1);
    }
    for (std::size_t i = 0; i < swaps; ++i) std::swap(table[--left], table[places[i]]);
  }
}

std::uint32_t Permutation::origin_of(std::uint32_t image) const {
  const auto* found = std::find(table(), table() + size_, image);
  CHECK(found != table() + size_);
  return static_cast<std::uint32_t>(found - table());
}

}  // namespace noroshi
