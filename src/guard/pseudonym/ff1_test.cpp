#include "guard/pseudonym/ff1.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace noroshi {
namespace {

using Bytes = std::vector<unsigned char>;

/// FF1 of any radix and length, step by step as SP 800-38G algorithm 7 has it, slowly.
class PlainFf1 {
 public:
  PlainFf1(Bytes key, unsigned radix) : key_(std::move(key)), radix_(radix) {}

  [[nodiscard]] std::vector<unsigned> encrypt(std::vector<unsigned> x, const Bytes& tweak) const {
    const std::size_t n = x.size();
    const std::size_t t = tweak.size();
    const std::size_t u = n / 2;
    const std::size_t v = n - u;
    std::vector<unsigned> a(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(u));
    std::vector<unsigned> b(x.begin() + static_cast<std::ptrdiff_t>(u), x.end());
    // The least number of bytes that hold radix^v − 1.
    std::size_t bytes = 0;
    for (std::uint64_t largest = power(v) - 1; largest > 0; largest >>= 8) ++bytes;
    const std::size_t d = 4 * ((bytes + 3) / 4) + 4;
    Bytes p = {1,  2,
               1,  0,
               0,  static_cast<unsigned char>(radix_),
               10, static_cast<unsigned char>(u),
               0,  0,
               0,  static_cast<unsigned char>(n),
               0,  0,
               0,  static_cast<unsigned char>(t)};
    for (unsigned i = 0; i < 10; ++i) {
      Bytes q = tweak;
      while ((q.size() + 1 + bytes) % 16 != 0) q.push_back(0);
      q.push_back(static_cast<unsigned char>(i));
      const auto number = number_of(b);
      for (std::size_t k = bytes; k-- > 0;)
        q.push_back(static_cast<unsigned char>(number >> (8 * k) & 0xff));
      Bytes text = p;
      text.insert(text.end(), q.begin(), q.end());
      Bytes s = prf(text);
      const auto r = s;
      for (unsigned char j = 1; s.size() < d; ++j) {
        auto next = r;
        next[15] ^= j;
        next = block(next);
        s.insert(s.end(), next.begin(), next.end());
      }
      s.resize(d);
      const std::size_t m = i % 2 == 0 ? u : v;
      const auto modulus = power(m);
      std::uint64_t y = 0;
      for (const auto octet : s) y = (y * 256 + octet) % modulus;
      const auto c = (number_of(a) + y) % modulus;
      a = b;
      b = digits_of(c, m);
    }
    a.insert(a.end(), b.begin(), b.end());
    return a;
  }

 private:
  [[nodiscard]] std::uint64_t power(std::size_t digits) const {
    std::uint64_t result = 1;
    for (std::size_t i = 0; i < digits; ++i) result *= radix_;
    return result;
  }
  [[nodiscard]] std::uint64_t number_of(const std::vector<unsigned>& digits) const {
    std::uint64_t result = 0;
    for (const auto digit : digits) result = result * radix_ + digit;
    return result;
  }
  [[nodiscard]] std::vector<unsigned> digits_of(std::uint64_t number, std::size_t count) const {
    std::vector<unsigned> digits(count);
    for (std::size_t i = count; i-- > 0; number /= radix_)
      digits[i] = static_cast<unsigned>(number % radix_);
    return digits;
  }
  [[nodiscard]] Bytes block(const Bytes& in) const {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&::EVP_CIPHER_CTX_free)> context(
        ::EVP_CIPHER_CTX_new(), &::EVP_CIPHER_CTX_free);
    const auto* cipher = key_.size() == 16 ? ::EVP_aes_128_ecb() : ::EVP_aes_256_ecb();
    EXPECT_EQ(::EVP_EncryptInit_ex(context.get(), cipher, nullptr, key_.data(), nullptr), 1);
    Bytes out(32);
    int written = 0;
    EXPECT_EQ(::EVP_EncryptUpdate(context.get(), out.data(), &written, in.data(), 16), 1);
    out.resize(16);
    return out;
  }
  [[nodiscard]] Bytes prf(const Bytes& text) const {
    Bytes state(16, 0);
    for (std::size_t at = 0; at < text.size(); at += 16) {
      for (std::size_t i = 0; i < 16; ++i) state[i] ^= text[at + i];
      state = block(state);
    }
    return state;
  }

  Bytes key_;
  unsigned radix_;
};

Bytes from_hex(const std::string& text) {
  Bytes result;
  for (std::size_t at = 0; at < text.size(); at += 2)
    result.push_back(static_cast<unsigned char>(std::stoul(text.substr(at, 2), nullptr, 16)));
  return result;
}

constexpr const char* kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

std::string plain(const std::string& key, unsigned radix, const std::string& text,
                  const std::string& tweak) {
  std::vector<unsigned> digits;
  for (const char letter : text)
    digits.push_back(static_cast<unsigned>(std::string(kDigits).find(letter)));
  std::string result;
  for (const auto digit : PlainFf1(from_hex(key), radix).encrypt(digits, from_hex(tweak)))
    result += kDigits[digit];
  return result;
}

const std::string kKey128 = "2B7E151628AED2A6ABF7158809CF4F3C";
const std::string kKey256 = kKey128 + "EF4359D8D580AA4F7F036D6F04FC6A94";
const std::string kTweak10 = "39383736353433323130";
const std::string kTweak11 = "3737373770717273373737";

TEST(PlainFf1, GivesTheSamplesOfNistForAes128) {
  EXPECT_EQ(plain(kKey128, 10, "0123456789", ""), "2433477484");
  EXPECT_EQ(plain(kKey128, 10, "0123456789", kTweak10), "6124200773");
  EXPECT_EQ(plain(kKey128, 36, "0123456789abcdefghi", kTweak11), "a9tv40mll9kdu509eum");
}

TEST(PlainFf1, GivesTheSamplesOfNistForAes256) {
  EXPECT_EQ(plain(kKey256, 10, "0123456789", ""), "6657667009");
  EXPECT_EQ(plain(kKey256, 10, "0123456789", kTweak10), "1001623463");
  EXPECT_EQ(plain(kKey256, 36, "0123456789abcdefghi", kTweak11), "xs8a0azh2avyalyzuwd");
}

Secret secret_of(const Bytes& bytes) {
  Secret secret;
  for (std::size_t i = 0; i < Secret::kSize; ++i) secret.fill()[i] = std::byte{bytes[i]};
  return secret;
}

std::uint64_t plainly(const Bytes& key, int bits, std::uint64_t value, const Bytes& tweak) {
  std::vector<unsigned> digits;
  for (int bit = bits - 1; bit >= 0; --bit) digits.push_back(value >> bit & 1);
  std::uint64_t result = 0;
  for (const auto digit : PlainFf1(key, 2).encrypt(digits, tweak)) result = result << 1 | digit;
  return result;
}

Bytes bytes_of(std::uint64_t number) {
  Bytes bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<unsigned char>(number >> shift & 0xff));
  return bytes;
}

std::uint64_t low_bits(std::uint64_t value, int bits) {
  return bits == 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
}

RC_GTEST_PROP(Ff1Bits, AgreesWithThePlainOneForEveryLength, ()) {
  const auto key = *rc::gen::container<Bytes>(32, rc::gen::arbitrary<unsigned char>());
  const auto value = *rc::gen::arbitrary<std::uint64_t>();
  const auto tweak = *rc::gen::arbitrary<std::uint64_t>();
  const int bits = *rc::gen::inRange(Ff1Bits::kLeastBits, Ff1Bits::kMostBits + 1);
  const auto secret = secret_of(key);

  std::vector<std::uint64_t> values = {low_bits(value, bits)};
  const std::vector<std::uint64_t> tweaks = {tweak};
  Ff1Bits(secret, bits, Ff1Bits::Tweaks::kEightBytes).encrypt(values, tweaks);
  RC_ASSERT(values[0] == plainly(key, bits, low_bits(value, bits), bytes_of(tweak)));

  values = {low_bits(value, bits)};
  Ff1Bits(secret, bits, Ff1Bits::Tweaks::kNone).encrypt(values, {});
  RC_ASSERT(values[0] == plainly(key, bits, low_bits(value, bits), {}));
}

RC_GTEST_PROP(Ff1Bits, DecryptsWhatItEncryptedHoweverMany, ()) {
  const auto secret =
      secret_of(*rc::gen::container<Bytes>(32, rc::gen::arbitrary<unsigned char>()));
  const int bits = *rc::gen::inRange(Ff1Bits::kLeastBits, Ff1Bits::kMostBits + 1);
  const auto count = *rc::gen::inRange<std::size_t>(0, 1200);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  std::vector<std::uint64_t> values;
  std::vector<std::uint64_t> tweaks;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(low_bits((seed + i) * 0x9e3779b97f4a7c15ULL, bits));
    tweaks.push_back(seed ^ i / 3);
  }
  const auto before = values;
  const Ff1Bits cipher(secret, bits, Ff1Bits::Tweaks::kEightBytes);
  cipher.encrypt(values, tweaks);
  // One at a time it is the same as all together.
  if (count > 0) {
    const auto last = std::span(values).last(1)[0];
    std::vector<std::uint64_t> alone = {before.back()};
    cipher.encrypt(alone, std::span(tweaks).last(1));
    RC_ASSERT(alone[0] == last);
  }
  for (const auto value : values) RC_ASSERT(low_bits(value, bits) == value);
  cipher.decrypt(values, tweaks);
  RC_ASSERT(values == before);
}

TEST(Ff1Bits, IsAPermutationOfItsWholeDomain) {
  const Secret secret;
  const Ff1Bits cipher(secret, 20, Ff1Bits::Tweaks::kNone);
  std::vector<std::uint64_t> values(std::size_t{1} << 20);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i;
  cipher.encrypt(values, {});
  std::vector<bool> seen(values.size());
  std::size_t in_place = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_LT(values[i], values.size());
    ASSERT_FALSE(seen[values[i]]);
    seen[values[i]] = true;
    in_place += values[i] == i ? 1u : 0u;
  }
  // One on average, of a random permutation.
  EXPECT_LT(in_place, 10u);
}

}  // namespace
}  // namespace noroshi
