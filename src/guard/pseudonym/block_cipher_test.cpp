#include "guard/pseudonym/block_cipher.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "guard/pseudonym/keys_for_test.h"

namespace noroshi {
namespace {

using for_test::address;
using for_test::Token;

std::shared_ptr<const BlockCipher> cipher_of(const char* block, const char* key = "one") {
  return BlockCipher::make(Token(), key, Prefix::parse(block).value()).value();
}

/// Any address of the block, by numbers for the bits beyond it.
IpAddress inside(const Prefix& block, std::uint64_t high, std::uint64_t low) {
  auto bytes = block.address().bytes();
  const auto kept =
      static_cast<std::size_t>(block.address().is_v4() ? block.length() + 96 : block.length());
  for (std::size_t bit = kept; bit < 128; ++bit) {
    const auto word = bit < 64 ? high : low;
    if ((word >> (63 - bit % 64) & 1) != 0) bytes[bit / 8] |= std::byte{0x80} >> (bit % 8);
  }
  return IpAddress::from_bytes(bytes);
}

constexpr const char* kBlocks[] = {
    "198.51.100.0/24", "198.48.0.0/12", "2001:db8::/32", "2001:db8::/44",  "2001:db8::/45",
    "2001:db8::/60",   "2001:db8::/64", "2001:db8::/70", "2001:db8::/108", "2001:db8::/109",
    "2001:db8::/120",  "fd00::/8",      "2000::/3"};

RC_GTEST_PROP(BlockCipher, ReversesEveryPseudonymAndKeepsTheBlock, ()) {
  const auto* text =
      *rc::gen::elementOf(std::vector<const char*>(std::begin(kBlocks), std::end(kBlocks)));
  const auto block = Prefix::parse(text).value();
  const auto cipher = cipher_of(text);
  for (int i = 0; i < 5; ++i) {
    const auto one =
        inside(block, *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>());
    const auto pseudonym = cipher->pseudonym_of(one);
    RC_ASSERT(pseudonym.is_pseudonym());
    RC_ASSERT(block.contains(pseudonym.unmarked()));
    RC_ASSERT(cipher->address_of(pseudonym) == one);
    RC_ASSERT(cipher->pseudonym_of(one) == pseudonym);
  }
}

TEST(BlockCipher, GivesEveryAddressOfASmallBlockAPseudonymOfItsOwn) {
  for (const auto* text : {"198.51.100.0/24", "2001:db8::/120", "198.51.0.0/16"}) {
    const auto block = Prefix::parse(text).value();
    const auto cipher = cipher_of(text);
    const auto bits = (block.address().is_v4() ? 32 : 128) - block.length();
    std::set<IpAddress> seen;
    for (std::uint64_t number = 0; number < std::uint64_t{1} << bits; ++number)
      seen.insert(cipher->pseudonym_of(inside(block, 0, number)));
    EXPECT_EQ(seen.size(), std::size_t{1} << bits) << text;
  }
}

TEST(BlockCipher, KeepsASubnetTogetherAndTellsEqualInterfacesOfTwoSubnetsApart) {
  for (const auto* text : {"2001:db8::/32", "2001:db8::/60"}) {
    const auto cipher = cipher_of(text);
    const auto one = cipher->pseudonym_of(address("2001:db8:0:1::7"));
    const auto same_subnet = cipher->pseudonym_of(address("2001:db8:0:1::8"));
    const auto other_subnet = cipher->pseudonym_of(address("2001:db8:0:2::7"));
    EXPECT_EQ(one.high(), same_subnet.high());
    EXPECT_NE(one.low(), same_subnet.low());
    EXPECT_NE(one.high(), other_subnet.high());
    EXPECT_NE(one.low(), other_subnet.low());
  }
}

TEST(BlockCipher, DiffersByKeyAndByBlock) {
  const auto count_equal = [](const BlockCipher& a, const BlockCipher& b, std::uint32_t other) {
    std::size_t equal = 0;
    for (std::uint32_t host = 0; host < 65'536; ++host) {
      const auto one = a.pseudonym_of(IpAddress::from_v4(0xc6330000 + host)).v4() & 0xffff;
      const auto two = b.pseudonym_of(IpAddress::from_v4(other + host)).v4() & 0xffff;
      equal += one == two ? 1u : 0u;
    }
    return equal;
  };
  const auto cipher = cipher_of("198.51.0.0/16");
  EXPECT_LT(count_equal(*cipher, *cipher_of("198.51.0.0/16", "two"), 0xc6330000), 10u);
  EXPECT_LT(count_equal(*cipher, *cipher_of("198.52.0.0/16"), 0xc6340000), 10u);
}

TEST(BlockCipher, ReplacesManyAsItReplacesOne) {
  const auto cipher = cipher_of("2001:db8::/32");
  const auto block = Prefix::parse("2001:db8::/32").value();
  std::vector<IpAddress> addresses;
  for (std::uint64_t i = 0; i < 1500; ++i)
    addresses.push_back(inside(block, i / 3 * 0x9e3779b97f4a7c15, i * 0x9e3779b97f4a7c15));
  auto pseudonyms = addresses;
  std::vector<IpAddress*> pointers;
  for (auto& one : pseudonyms) pointers.push_back(&one);
  cipher->encrypt_v6(pointers);
  for (std::size_t i = 0; i < addresses.size(); ++i)
    ASSERT_EQ(pseudonyms[i], cipher->pseudonym_of(addresses[i])) << i;
}

}  // namespace
}  // namespace noroshi
