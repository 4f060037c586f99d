#include "net/prefix_map.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace noroshi {
namespace {

Prefix prefix(const char* text) { return *Prefix::parse(text); }
IpAddress address(const char* text) { return *IpAddress::parse(text); }

TEST(PrefixMap, PrefersTheLongestPrefix) {
  const PrefixMap map({{prefix("10.1.2.0/24"), 3},
                       {prefix("10.0.0.0/8"), 1},
                       {prefix("10.1.0.0/16"), 2},
                       {prefix("2001:db8::/32"), 4},
                       {prefix("2001:db8::1/128"), 5}});
  EXPECT_EQ(map.find(address("10.1.2.3")), 3u);
  EXPECT_EQ(map.find(address("10.1.3.0")), 2u);
  EXPECT_EQ(map.find(address("10.255.255.255")), 1u);
  EXPECT_EQ(map.find(address("11.0.0.0")), PrefixMap::kNone);
  EXPECT_EQ(map.find(address("2001:db8::1")), 5u);
  EXPECT_EQ(map.find(address("2001:db8::2")), 4u);
  EXPECT_EQ(map.find(address("2001:db9::")), PrefixMap::kNone);
}

TEST(PrefixMap, CoversTheEndsOfTheAddressSpace) {
  const PrefixMap map({{prefix("0.0.0.0/0"), 1},
                       {prefix("255.255.255.255/32"), 2},
                       {prefix("0.0.0.0/32"), 3},
                       {prefix("ffff::/16"), 4}});
  EXPECT_EQ(map.find(address("0.0.0.0")), 3u);
  EXPECT_EQ(map.find(address("0.0.0.1")), 1u);
  EXPECT_EQ(map.find(address("255.255.255.255")), 2u);
  EXPECT_EQ(map.find(address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), 4u);
  EXPECT_EQ(map.find(address("::1")), PrefixMap::kNone);
}

TEST(PrefixMap, KnowsNothingWhenEmpty) {
  EXPECT_EQ(PrefixMap().find(address("192.0.2.1")), PrefixMap::kNone);
}

RC_GTEST_PROP(PrefixMap, AgreesWithALinearSearch, ()) {
  // Few distinct bits, so that prefixes nest and addresses hit them.
  const auto bits = rc::gen::map(rc::gen::inRange(0, 256), [](int value) {
    return static_cast<std::uint32_t>(value & 0xf0) << 20 | static_cast<std::uint32_t>(value & 15)
                                                                << 13;
  });
  const auto count = *rc::gen::inRange(0, 40);
  std::vector<PrefixMap::Entry> entries;
  for (int i = 0; i < count; ++i) {
    const auto text =
        IpAddress::from_v4(*bits).to_string() + "/" + std::to_string(*rc::gen::inRange(0, 33));
    entries.push_back({*Prefix::parse(text), static_cast<std::uint32_t>(i)});
  }
  const PrefixMap map(entries);
  for (int i = 0; i < 50; ++i) {
    const auto asked = IpAddress::from_v4(*bits + static_cast<std::uint32_t>(i % 3));
    std::uint32_t expected = PrefixMap::kNone;
    int longest = -1;
    for (const auto& [candidate, value] : entries) {
      if (!candidate.contains(asked) || candidate.length() < longest) continue;
      longest = candidate.length();
      expected = value;
    }
    RC_ASSERT(map.find(asked) == expected);
  }
}

}  // namespace
}  // namespace noroshi
