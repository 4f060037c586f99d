#include "guard/pseudonym/ff1.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/byte_order.h"
#include "base/check.h"

namespace noroshi {
namespace {

constexpr int kRounds = 10;
/// Numbers that go through the rounds together: their blocks and halves stay in the nearest cache.
constexpr std::size_t kTogether = 512;

constexpr std::uint64_t mask_of(int bits) { return (std::uint64_t{1} << bits) - 1; }

}  // namespace

// Steps and names as in SP 800-38G, algorithm 7 (FF1.Encrypt), with radix = 2 and n = bits ≤ 64.
// Then b ≤ 4, d = 8 and Q is one block of 16 bytes whether the tweak has 8 bytes or none: R is the
// AES of (AES of P) xor Q, and S is the first 8 bytes of R.
Ff1Bits::Ff1Bits(const Secret& key, int bits, Tweaks tweaks)
    : aes_(key),
      tweaks_(tweaks),
      left_bits_(bits / 2),
      right_bits_(bits - bits / 2),
      half_bytes_((right_bits_ + 7) / 8) {
  CHECK(bits >= kLeastBits && bits <= kMostBits);
  const std::uint8_t length = tweaks == Tweaks::kNone ? 0 : 8;
  const std::array<std::uint8_t, 16> p = {1, 2, 1,  0,
                                          0, 2, 10, static_cast<std::uint8_t>(left_bits_),
                                          0, 0, 0,  static_cast<std::uint8_t>(bits),
                                          0, 0, 0,  length};
  std::array<std::byte, 16> block{};
  std::ranges::transform(p, block.begin(), [](std::uint8_t octet) { return std::byte{octet}; });
  aes_.run().encrypt(block);
  first_high_ = load_big_endian<std::uint64_t>(block.data());
  first_low_ = load_big_endian<std::uint64_t>(block.data() + 8);
}

void Ff1Bits::encrypt(std::span<std::uint64_t> values,
                      std::span<const std::uint64_t> tweaks) const {
  pass(Way::kEncrypt, values, tweaks);
}

void Ff1Bits::decrypt(std::span<std::uint64_t> values,
                      std::span<const std::uint64_t> tweaks) const {
  pass(Way::kDecrypt, values, tweaks);
}

void Ff1Bits::pass(Way way, std::span<std::uint64_t> values,
                   std::span<const std::uint64_t> tweaks) const {
  CHECK(tweaks.size() == (tweaks_ == Tweaks::kNone ? 0 : values.size()));
  if (values.empty()) return;
  auto aes = aes_.run();
  std::array<std::byte, kTogether * Aes256::kBlock> blocks;
  std::array<std::uint32_t, kTogether> left;
  std::array<std::uint32_t, kTogether> right;
  for (std::size_t begin = 0; begin < values.size(); begin += kTogether) {
    const auto part = values.subspan(begin, std::min(kTogether, values.size() - begin));
    auto* a = left.data();
    auto* b = right.data();
    for (std::size_t i = 0; i < part.size(); ++i) {
      a[i] = static_cast<std::uint32_t>(part[i] >> right_bits_);
      b[i] = static_cast<std::uint32_t>(part[i] & mask_of(right_bits_));
    }
    for (int step = 0; step < kRounds; ++step) {
      const int round = way == Way::kEncrypt ? step : kRounds - 1 - step;
      // Decryption is the same with A and B exchanged and the difference in place of the sum.
      const auto* known = way == Way::kEncrypt ? b : a;
      auto* changed = way == Way::kEncrypt ? a : b;
      const auto number = static_cast<std::uint64_t>(round) << (8 * half_bytes_);
      for (std::size_t i = 0; i < part.size(); ++i) {
        const auto tweak = tweaks.empty() ? 0 : tweaks[begin + i];
        auto* block = blocks.data() + i * Aes256::kBlock;
        store_big_endian(block, first_high_ ^ tweak);
        store_big_endian(block + 8, first_low_ ^ (number | known[i]));
      }
      aes.encrypt(std::span(blocks).first(part.size() * Aes256::kBlock));
      const auto modulus =
          static_cast<std::uint32_t>(mask_of(round % 2 == 0 ? left_bits_ : right_bits_));
      for (std::size_t i = 0; i < part.size(); ++i) {
        const auto y = static_cast<std::uint32_t>(
            load_big_endian<std::uint64_t>(blocks.data() + i * Aes256::kBlock));
        changed[i] = (way == Way::kEncrypt ? changed[i] + y : changed[i] - y) & modulus;
      }
      std::swap(a, b);
    }
    for (std::size_t i = 0; i < part.size(); ++i)
      part[i] = std::uint64_t{a[i]} << right_bits_ | b[i];
  }
}

}  // namespace noroshi
