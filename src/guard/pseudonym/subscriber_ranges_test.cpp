#include "guard/pseudonym/subscriber_ranges.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "guard/pseudonym/keys_for_test.h"

namespace noroshi {
namespace {

using for_test::address;
using for_test::prefixes;

std::string refusal(const std::vector<std::string>& stated,
                    const std::vector<std::string>& before = {}) {
  const auto blocks = prefixes(before);
  const auto ranges = SubscriberRanges::of(prefixes(stated), blocks);
  return ranges ? "accepted" : ranges.error().message;
}

std::vector<std::string> blocks(const std::vector<std::string>& stated,
                                const std::vector<std::string>& before = {}) {
  const auto recorded = prefixes(before);
  std::vector<std::string> result;
  const auto ranges = SubscriberRanges::of(prefixes(stated), recorded).value();
  for (const auto& block : ranges.blocks()) result.push_back(block.to_string());
  return result;
}

using Texts = std::vector<std::string>;

TEST(SubscriberRanges, TakeARangeWithinAnotherAsPartOfIt) {
  EXPECT_EQ(blocks({"198.51.100.0/24", "198.51.96.0/20", "198.51.100.0/24"}),
            Texts({"198.51.96.0/20"}));
  EXPECT_EQ(blocks({"2001:db8:1::/48", "2001:db8::/32"}), Texts({"2001:db8::/32"}));
  // Beside one another they stay two.
  EXPECT_EQ(blocks({"198.51.100.0/24", "198.51.101.0/24"}),
            Texts({"198.51.100.0/24", "198.51.101.0/24"}));
}

TEST(SubscriberRanges, RefuseWhatHasNoPseudonyms) {
  EXPECT_EQ(refusal({"~198.51.100.0/24"}),
            "~198.51.100.0/24: a subscriber range is of addresses, not of pseudonyms: leave out "
            "the ~");
  for (const auto* range :
       {"::/0", "2000::/2", "fe80::/10", "ff00::/8", "64:ff9b::/96", "f000::/4", "e000::/3"})
    EXPECT_EQ(refusal({range}), Prefix::parse(range)->to_string() +
                                    ": an IPv6 subscriber range lies in 2000::/3 or fc00::/7");
  EXPECT_EQ(refusal({"2000::/3", "fc00::/7"}), "accepted");
  EXPECT_EQ(refusal({"fd00::/8"}), "accepted");
}

TEST(SubscriberRanges, RefuseSoFewAddressesThatTheyHideNobody) {
  EXPECT_EQ(refusal({"198.51.100.0/25"}),
            "198.51.100.0/25: a pseudonym among so few addresses hides nobody: state the block of "
            "256 or more that it lies in");
  EXPECT_EQ(refusal({"198.51.100.0/24"}), "accepted");
  EXPECT_NE(refusal({"2001:db8::/121"}), "accepted");
  EXPECT_EQ(refusal({"2001:db8::/120"}), "accepted");
}

TEST(SubscriberRanges, RefuseMoreAddressesThanTablesAreKeptFor) {
  EXPECT_EQ(refusal({"10.0.0.0/6"}), "accepted");
  EXPECT_EQ(refusal({"10.0.0.0/6", "198.51.100.0/24"}),
            "the subscriber ranges have 67109120 IPv4 addresses together; tables are kept for "
            "67108864 (four /8) at most");
  EXPECT_NE(refusal({"0.0.0.0/0"}), "accepted");
}

TEST(SubscriberRanges, KeepTheBlocksOfBeforeWhenARangeIsWidened) {
  EXPECT_EQ(blocks({"198.51.100.0/22"}, {"198.51.101.0/24"}),
            Texts({"198.51.101.0/24", "198.51.100.0/24", "198.51.102.0/23"}));
  EXPECT_EQ(blocks({"2001:db8::/46"}, {"2001:db8:1::/48"}),
            Texts({"2001:db8:1::/48", "2001:db8::/48", "2001:db8:2::/47"}));
}

TEST(SubscriberRanges, RefuseToNarrowABlockWhosePseudonymsAreSpreadOverAllOfIt) {
  EXPECT_EQ(refusal({"198.51.100.0/24"}, {"198.51.100.0/22"}),
            "198.51.100.0/24 lies inside 198.51.100.0/22, over all of which its pseudonyms were "
            "spread before: state 198.51.100.0/22, or leave it out");
}

TEST(SubscriberRanges, RememberABlockThatIsNoLongerStatedAndDoNotFindInIt) {
  const auto before = prefixes({"198.51.100.0/24"});
  const auto ranges = SubscriberRanges::of(prefixes({"203.0.113.0/24"}), before).value();
  ASSERT_EQ(ranges.blocks().size(), 2u);
  EXPECT_FALSE(ranges.in_use(0));
  EXPECT_EQ(ranges.find(address("198.51.100.1")), SubscriberRanges::kNone);
  EXPECT_EQ(ranges.find(address("203.0.113.1")), 1u);
}

TEST(SubscriberRanges, FindNeitherAPseudonymNorAnEmbeddedAddress) {
  const auto ranges =
      SubscriberRanges::of(prefixes({"198.51.100.0/24", "2001:db8::/32", "fc00::/7"})).value();
  EXPECT_NE(ranges.find(address("198.51.100.255")), SubscriberRanges::kNone);
  EXPECT_NE(ranges.find(address("2001:db8:ffff::1")), SubscriberRanges::kNone);
  EXPECT_NE(ranges.find(address("fdff::1")), SubscriberRanges::kNone);
  for (const auto* other :
       {"198.51.101.0", "198.51.99.255", "~198.51.100.1", "2001:db9::", "2001:db7::1",
        "~2001:db8::1", "~fd00::1", "fe00::", "fbff::", "::", "::198.51.100.1"})
    EXPECT_EQ(ranges.find(address(other)), SubscriberRanges::kNone) << other;
}

RC_GTEST_PROP(SubscriberRanges, FindWhatALinearSearchFinds, ()) {
  std::vector<Prefix> stated;
  for (int i = *rc::gen::inRange(1, 12); i > 0; --i) {
    const auto number = *rc::gen::inRange<std::uint32_t>(0, 1u << 16);
    stated.push_back(
        Prefix::of(IpAddress::from_v4(0xc6330000 + number), *rc::gen::inRange(14, 25)));
    auto bytes = address("2001:db8::").bytes();
    bytes[4] = static_cast<std::byte>(number >> 8);
    bytes[5] = static_cast<std::byte>(number & 0xff);
    stated.push_back(Prefix::of(IpAddress::from_bytes(bytes), *rc::gen::inRange(30, 49)));
  }
  const auto ranges = SubscriberRanges::of(stated).value();
  for (int i = 0; i < 40; ++i) {
    const auto number = *rc::gen::inRange<std::uint32_t>(0, 1u << 19);
    auto bytes = address("2001:db8::1").bytes();
    bytes[3] ^= static_cast<std::byte>(number >> 16);
    bytes[4] = static_cast<std::byte>(number >> 8 & 0xff);
    bytes[5] = static_cast<std::byte>(number & 0xff);
    for (const auto& one :
         {IpAddress::from_v4(0xc6320000 + number), IpAddress::from_bytes(bytes)}) {
      const bool inside =
          std::ranges::any_of(stated, [&](const Prefix& prefix) { return prefix.contains(one); });
      const auto found = ranges.find(one);
      RC_ASSERT(inside == (found != SubscriberRanges::kNone));
      if (inside) RC_ASSERT(ranges.blocks()[found].contains(one));
    }
  }
}

}  // namespace
}  // namespace noroshi
