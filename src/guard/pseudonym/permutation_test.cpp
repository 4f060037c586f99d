#include "guard/pseudonym/permutation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>
#include <vector>

#include "guard/pseudonym/aes256.h"

namespace noroshi {
namespace {

Secret secret_of(std::uint64_t seed) {
  Secret secret;
  for (std::size_t i = 0; i < 8; ++i)
    secret.fill()[i] = static_cast<std::byte>(seed >> 8 * i & 0xff);
  return secret;
}

TEST(Keystream, IsAes256InCounterMode) {
  // AES-256 makes dc95c078a2408989ad48a21492842087 of zeros under a key of zeros (NIST AESAVS).
  Keystream keystream{Secret()};
  EXPECT_EQ(keystream.below(1), 0u);  // draws nothing
  EXPECT_EQ(keystream.below(0x80000001), 0x78c095dcu);
}

RC_GTEST_PROP(Permutation, IsABijectionThatCanBeUndone, ()) {
  const int bits = *rc::gen::inRange(0, 13);
  const Permutation permutation(secret_of(*rc::gen::arbitrary<std::uint64_t>()), bits);
  RC_ASSERT(permutation.size() == std::size_t{1} << bits);
  std::vector<bool> seen(permutation.size());
  for (std::uint32_t number = 0; number < permutation.size(); ++number) {
    const auto image = permutation.at(number);
    RC_ASSERT(image < permutation.size());
    RC_ASSERT(!seen[image]);
    seen[image] = true;
  }
  const auto number = *rc::gen::inRange<std::uint32_t>(0, 1u << bits);
  RC_ASSERT(permutation.origin_of(permutation.at(number)) == number);
}

TEST(Permutation, IsTheSameForTheSameKeyAndAnotherForAnother) {
  const Permutation one(secret_of(1), 12);
  const Permutation again(secret_of(1), 12);
  const Permutation other(secret_of(2), 12);
  std::size_t same = 0;
  for (std::uint32_t number = 0; number < one.size(); ++number) {
    ASSERT_EQ(one.at(number), again.at(number));
    same += one.at(number) == other.at(number) ? 1u : 0u;
  }
  EXPECT_LT(same, 12u);
}

TEST(Permutation, IsAnyOfTheTwentyFourWithEqualChance) {
  // 2 bits: 4! = 24 orders. Pearson's chi-squared over 2,400 keys; 23 degrees of freedom exceed
  // 60 with a chance of 4 in 100,000, and these keys are always the same.
  std::map<std::array<std::uint32_t, 4>, double> count;
  constexpr int kKeys = 2'400;
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    const Permutation permutation(secret_of(key), 2);
    ++count[{permutation.at(0), permutation.at(1), permutation.at(2), permutation.at(3)}];
  }
  ASSERT_EQ(count.size(), 24u);
  double chi_squared = 0;
  for (const auto& [order, times] : count)
    chi_squared += (times - kKeys / 24.0) * (times - kKeys / 24.0) / (kKeys / 24.0);
  EXPECT_LT(chi_squared, 60);
}

}  // namespace
}  // namespace noroshi
