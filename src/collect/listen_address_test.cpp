#include "collect/listen_address.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

std::string round_trip(std::string_view text) {
  const auto address = ListenAddress::parse(text);
  return address ? address->to_string() : "refused";
}

TEST(ListenAddress, IsUdpUnlessSaidOtherwise) {
  EXPECT_EQ(round_trip("192.0.2.1:2055"), "udp://192.0.2.1:2055");
  EXPECT_EQ(round_trip("[::]:2055"), "udp://[::]:2055");
  EXPECT_EQ(round_trip("udp://[2001:db8::1]:6343"), "udp://[2001:db8::1]:6343");
}

TEST(ListenAddress, KnowsThePortsOfIpfixOverConnections) {
  EXPECT_EQ(round_trip("tcp://192.0.2.1"), "tcp://192.0.2.1:4739");
  EXPECT_EQ(round_trip("tls://[::]"), "tls://[::]:4740");
  EXPECT_EQ(round_trip("tls://[::]:5000"), "tls://[::]:5000");
  EXPECT_EQ(round_trip("udp://192.0.2.1"), "refused");
}

TEST(ListenAddress, RefusesWhatIsNoAddressAndPort) {
  for (const auto* text : {"", ":", "2055", ":2055", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536",
                           "192.0.2.1:x", "192.0.2.1:20 ", "::1:2055", "[192.0.2.1]:2055", "[::1",
                           "[::1]2055", "sctp://[::]:4739", "localhost:2055"})
    EXPECT_EQ(round_trip(text), "refused") << text;
}

}  // namespace
}  // namespace noroshi
