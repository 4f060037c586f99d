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

}  // namespace
}  // namespace noroshi
