#include <gtest/gtest.h>

#include "net/endpoint.h"
#include "net/prefix.h"

namespace noroshi {
namespace {

TEST(IpAddress, KeepsIpv4AsAMappedAddress) {
  const auto address = IpAddress::parse("192.0.2.1").value();
  EXPECT_TRUE(address.is_v4());
  EXPECT_EQ(address.v4(), 0xc0000201u);
  EXPECT_EQ(address, IpAddress::parse("::ffff:192.0.2.1").value());
  EXPECT_EQ(address.to_string(), "192.0.2.1");
}

TEST(IpAddress, PrintsIpv6InItsShortForm) {
  EXPECT_EQ(IpAddress::parse("2001:0db8:0:0::1").value().to_string(), "2001:db8::1");
}

TEST(IpAddress, RefusesWhatIsNotAnAddress) {
  for (const auto* text : {"", "192.0.2", "192.0.2.256", "2001:db8::1%eth0", "example.org",
                           "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(Prefix, ContainsItsAddressesAndNoOthers) {
  const auto prefix = Prefix::parse("192.0.2.77/25").value();
  EXPECT_EQ(prefix.to_string(), "192.0.2.0/25");
  EXPECT_TRUE(prefix.contains(IpAddress::parse("192.0.2.127").value()));
  EXPECT_FALSE(prefix.contains(IpAddress::parse("192.0.2.128").value()));
  EXPECT_FALSE(prefix.contains(IpAddress::parse("2001:db8::1").value()));
}

TEST(Prefix, RefusesLengthsOfTheOtherFamily) {
  EXPECT_FALSE(Prefix::parse("192.0.2.0/33"));
  EXPECT_FALSE(Prefix::parse("192.0.2.0/"));
  EXPECT_TRUE(Prefix::parse("2001:db8::/33"));
}

TEST(Endpoint, PrintsBracketsAroundIpv6) {
  EXPECT_EQ((Endpoint{IpAddress::parse("2001:db8::1").value(), Port{23}, kTcp}.to_string()),
            "[2001:db8::1]:23/tcp");
}

TEST(Protocol, ReadsNamesAndNumbers) {
  EXPECT_EQ(parse_protocol("TCP").value(), kTcp);
  EXPECT_EQ(parse_protocol("ipv6-icmp").value(), kIcmpV6);
  EXPECT_EQ(parse_protocol("47").value().value, 47);
  EXPECT_FALSE(parse_protocol("256"));
}

TEST(Pseudonym, IsPrintedWithATildeAndReadBack) {
  for (const auto* text : {"~198.51.100.7", "~0.0.0.0", "~255.255.255.255", "~2001:db8::1",
                           "~3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "~fd12::7", "~fc00::"}) {
    const auto pseudonym = IpAddress::parse(text);
    ASSERT_TRUE(pseudonym) << text;
    EXPECT_TRUE(pseudonym->is_pseudonym()) << text;
    EXPECT_FALSE(pseudonym->is_v4()) << text;
    EXPECT_EQ(pseudonym->to_string(), text);
    EXPECT_EQ(pseudonym->unmarked().to_string(), text + 1);
    EXPECT_EQ(pseudonym->unmarked().marked(), *pseudonym);
    EXPECT_EQ(pseudonym->marked(), *pseudonym) << "it is one already";
  }
  EXPECT_EQ(IpAddress::parse("~198.51.100.7").value(),
            IpAddress::parse("::fffe:198.51.100.7").value());
  EXPECT_TRUE(IpAddress::parse("~198.51.100.7")->is_of_v4());
  EXPECT_FALSE(IpAddress::parse("~2001:db8::1")->is_of_v4());
}

TEST(Pseudonym, IsNothingThatAnAddressCanBe) {
  for (const auto* text :
       {"198.51.100.7", "::ffff:0.0.0.0", "2001:db8::1", "2000::", "fd12::7", "fe80::1", "ff02::1",
        "::", "::1", "64:ff9b::c000:201", "::fffd:1:1", "a000::1", "b800::1", "e000::1"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_FALSE(address->is_pseudonym()) << text;
    EXPECT_EQ(address->unmarked(), *address) << text;
  }
  for (const auto* text : {"~", "~~198.51.100.7", "~fe80::1", "~ff02::1", "~::1", "~::", "~a"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(Pseudonym, HasPrefixesOfItsOwn) {
  const auto prefix = *Prefix::parse("~198.51.100.0/24");
  EXPECT_EQ(prefix.length(), 24);
  EXPECT_EQ(prefix.to_string(), "~198.51.100.0/24");
  EXPECT_TRUE(prefix.contains(*IpAddress::parse("~198.51.100.7")));
  EXPECT_FALSE(prefix.contains(*IpAddress::parse("198.51.100.7")));
  EXPECT_FALSE(Prefix::parse("198.51.100.0/24")->contains(*IpAddress::parse("~198.51.100.7")));
  EXPECT_EQ(Prefix::parse("~2001:db8::/32")->to_string(), "~2001:db8::/32");
}

}  // namespace
}  // namespace noroshi
