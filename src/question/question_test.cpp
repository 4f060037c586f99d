#include "question/question.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

TEST(Element, EveryNameReadsBackAsItself) {
  for (int i = 0; i <= static_cast<int>(Element::kSamplingRate); ++i) {
    const auto element = static_cast<Element>(i);
    const auto parsed = parse_element(name_of(element));
    ASSERT_TRUE(parsed.has_value()) << i;
    EXPECT_EQ(*parsed, element);
  }
}

TEST(Element, IsKnownByNfdumpsOtherNamesToo) {
  EXPECT_EQ(*parse_element("exporter"), Element::kExporter);
  EXPECT_EQ(*parse_element("domain"), Element::kObservationDomain);
  EXPECT_EQ(*parse_element("srcgeo"), Element::kSourceCountry);
  EXPECT_EQ(*parse_element("next"), Element::kNextHop);
}

TEST(Element, AnUnknownOneNamesThoseThatAreKnown) {
  const auto parsed = parse_element("colour");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(parsed.error().message.find("'colour'"), std::string::npos);
  EXPECT_NE(parsed.error().message.find("srcip, dstip"), std::string::npos);
  EXPECT_FALSE(parse_element("").has_value());
}

TEST(KeyText, NetworksReadAndPrintAsNfdumpWritesThem) {
  for (const auto* text : {"srcip", "srcip4/24", "dstip6/64", "ip/24/64", "router4/16", "proto"}) {
    const auto key = parse_key(text);
    ASSERT_TRUE(key.has_value()) << text;
    EXPECT_EQ(to_string(*key), text);
  }
  const auto v4 = *parse_key("srcip4/24");
  EXPECT_EQ(v4.v4_bits, 24);
  EXPECT_EQ(v4.v6_bits, 0);
  EXPECT_EQ(to_string(*parse_key("srcip/32/128")), "srcip");
}

TEST(KeyText, RefusesNetworksThatAreNone) {
  for (const auto* text : {"srcip/24", "srcip4/33", "srcip4/0", "srcip6/129", "srcip4/", "srcip4/x",
                           "proto4/8", "srcip/24/64/8", "srcip4", "/24/64", "srcip4/024x"})
    EXPECT_FALSE(parse_key(text).has_value()) << text;
}

TEST(KeyText, AListKeepsItsOrder) {
  const auto keys = parse_keys("dstport,srcip4/24,proto");
  ASSERT_TRUE(keys.has_value());
  ASSERT_EQ(keys->size(), 3u);
  EXPECT_EQ((*keys)[1].element, Element::kSourceAddress);
  EXPECT_EQ(to_string(*keys), "dstport,srcip4/24,proto");
}

TEST(KeyText, AListRefusesWhatCannotBeOneKey) {
  EXPECT_FALSE(parse_keys("").has_value());
  EXPECT_FALSE(parse_keys("srcip,").has_value());
  EXPECT_FALSE(parse_keys("srcip,proto,srcip").has_value());
  const auto either = parse_keys("ip,proto");
  ASSERT_FALSE(either.has_value());
  EXPECT_NE(either.error().message.find("write srcip or dstip"), std::string::npos);
  EXPECT_TRUE(parse_keys("ip").has_value());
}

TEST(OrderText, ReadsNfdumpsSixAndNoOther) {
  for (const auto* name : {"flows", "packets", "bytes", "pps", "bps", "bpp"})
    EXPECT_EQ(name_of(*parse_order(name)), name);
  EXPECT_FALSE(parse_order("size").has_value());
}

TEST(ValueText, IsWhatPeopleWrite) {
  const auto text = [](Element element, std::uint64_t number) {
    return to_string(Key{.element = element}, KeyValue(number));
  };
  EXPECT_EQ(text(Element::kProtocol, 6), "tcp");
  EXPECT_EQ(text(Element::kProtocol, 200), "200");
  EXPECT_EQ(text(Element::kSourceAs, 64500), "64500");
  EXPECT_EQ(text(Element::kSourceCountry, 'J' << 8 | 'P'), "JP");
  EXPECT_EQ(text(Element::kSourceCountry, 0), "..");
  EXPECT_EQ(text(Element::kTcpFlags, 0x1b), "...AP.SF");
  EXPECT_EQ(text(Element::kTcpFlags, 0), "........");
  EXPECT_EQ(to_string(Key{}, KeyValue(IpAddress::from_v4(0xc0000201))), "192.0.2.1");
}

TEST(TallySum, KeepsTheEarliestKnownBeginAndTheLatestEnd) {
  Tally a;
  a.flows = 1;
  a.last = 50;
  Tally b;
  b.flows = 2;
  b.first = 30;
  b.last = 40;
  a.add(b);
  EXPECT_EQ(a.flows, 3u);
  EXPECT_EQ(a.first, 30u);
  EXPECT_EQ(a.last, 50u);
}

TEST(TallySum, StopsAtTheLargestNumber) {
  Tally a;
  a.bytes = UINT64_MAX - 1;
  Tally b;
  b.bytes = 5;
  a.add(b);
  EXPECT_EQ(a.bytes, UINT64_MAX);
}

TEST(TallyRates, AreRoundedDownAndNothingWithoutDuration) {
  Tally tally;
  tally.packets = 7;
  tally.bytes = 1000;
  EXPECT_EQ(tally.packets_per_second(), 0u);
  tally.first = 1000;
  tally.last = 4000;
  EXPECT_EQ(tally.packets_per_second(), 2u);
  EXPECT_EQ(tally.bits_per_second(), 2666u);
  EXPECT_EQ(tally.bytes_per_packet(), 142u);
  tally.bytes = UINT64_MAX;
  EXPECT_EQ(tally.bits_per_second(), UINT64_MAX);
}

}  // namespace
}  // namespace noroshi
