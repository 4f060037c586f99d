#include <gtest/gtest.h>

#include "net/address_kind.h"
#include "enrich/known_service.h"

namespace noroshi {
namespace {

AddressKind kind(std::string_view text) { return kind_of(IpAddress::parse(text).value()); }

TEST(AddressKind, KnowsTheRegistriesBlocksAtTheirEdges) {
  EXPECT_EQ(kind("9.255.255.255"), AddressKind::kGlobal);
  EXPECT_EQ(kind("10.0.0.0"), AddressKind::kPrivate);
  EXPECT_EQ(kind("172.15.255.255"), AddressKind::kGlobal);
  EXPECT_EQ(kind("172.31.255.255"), AddressKind::kPrivate);
  EXPECT_EQ(kind("172.32.0.0"), AddressKind::kGlobal);
  EXPECT_EQ(kind("100.64.0.1"), AddressKind::kPrivate);
  EXPECT_EQ(kind("100.128.0.0"), AddressKind::kGlobal);
  EXPECT_EQ(kind("169.254.1.1"), AddressKind::kLinkLocal);
  EXPECT_EQ(kind("224.0.0.1"), AddressKind::kMulticast);
  EXPECT_EQ(kind("240.0.0.1"), AddressKind::kReserved);
  EXPECT_EQ(kind("255.255.255.255"), AddressKind::kBroadcast);
  EXPECT_EQ(kind("0.0.0.0"), AddressKind::kUnspecified);
  EXPECT_EQ(kind("::"), AddressKind::kUnspecified);
  EXPECT_EQ(kind("::1"), AddressKind::kLoopback);
  EXPECT_EQ(kind("fe80::1"), AddressKind::kLinkLocal);
  EXPECT_EQ(kind("fec0::1"), AddressKind::kGlobal);
  EXPECT_EQ(kind("fd00::1"), AddressKind::kPrivate);
  EXPECT_EQ(kind("ff02::1"), AddressKind::kMulticast);
  EXPECT_EQ(kind("2001:db8::1"), AddressKind::kGlobal);
}

KnownService service(std::string_view address, std::uint16_t port, Protocol protocol) {
  return known_service({IpAddress::parse(address).value(), Port{port}, protocol});
}

TEST(KnownService, TellsServicesThatSuppressFromThoseThatSoften) {
  EXPECT_EQ(service("198.51.100.1", 123, kUdp).weight, ServiceWeight::kHard);
  EXPECT_EQ(service("198.51.100.1", 123, kTcp).weight, ServiceWeight::kNone);
  EXPECT_EQ(service("198.51.100.1", 443, kTcp).weight, ServiceWeight::kSoft);
  EXPECT_EQ(service("198.51.100.1", 80, kTcp).weight, ServiceWeight::kNone);
  EXPECT_EQ(service("198.51.100.1", 80, kTcp).name, "http");
  EXPECT_TRUE(service("198.51.100.1", 48101, kTcp).name.empty());
}

TEST(KnownService, KnowsPublicResolversWhateverThePort) {
  EXPECT_EQ(service("8.8.8.8", 443, kTcp).weight, ServiceWeight::kHard);
  EXPECT_EQ(service("2606:4700:4700::1111", 853, kTcp).weight, ServiceWeight::kHard);
}

}  // namespace
}  // namespace noroshi
