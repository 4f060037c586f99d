#include "decode/netflow5/netflow5.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

class Netflow5 : public testing::Test {
 protected:
  bool decode(const Bytes& payload) { return decoder_.decode(datagram_of(payload), batch_); }

  Decoder decoder_{{}};
  FlowBatch batch_;
  const DecodeStatistics& statistics_ = decoder_.statistics();
};

TEST_F(Netflow5, ReadsEveryFieldOfItsRecords) {
  ASSERT_TRUE(decode(netflow5(30, 30, 0x4000 | 100)));
  ASSERT_EQ(batch_.size(), 30u);
  EXPECT_EQ(batch_.source_address()[5].to_string(), "10.0.0.5");
  EXPECT_EQ(batch_.destination_address()[5].to_string(), "192.0.2.1");
  EXPECT_EQ(batch_.next_hop()[5].to_string(), "192.0.2.254");
  EXPECT_EQ(batch_.source_port()[5], 1029);
  EXPECT_EQ(batch_.destination_port()[5], 443);
  EXPECT_EQ(batch_.protocol()[5], 6);
  EXPECT_EQ(batch_.tcp_flags()[5], 0x1b);
  EXPECT_EQ(batch_.packets()[5], 6u);
  EXPECT_EQ(batch_.bytes()[5], 540u);
  EXPECT_EQ(batch_.first()[5], 1'699'999'990'255u);
  EXPECT_EQ(batch_.last()[5], 1'699'999'995'255u);
  EXPECT_EQ(batch_.received()[5], 1'700'000'001'000u);
  EXPECT_EQ(batch_.input_interface()[5], 3u);
  EXPECT_EQ(batch_.output_interface()[5], 4u);
  EXPECT_EQ(batch_.source_as()[5], 64'500u);
  EXPECT_EQ(batch_.destination_as()[5], 64'501u);
  EXPECT_EQ(batch_.exporter()[5].to_string(), "198.51.100.1");
  EXPECT_EQ(batch_.observation_domain_id()[5], 0x0203u);
  EXPECT_EQ(batch_.sampling_rate()[5], 100u) << "the top two bits are the mode";
  EXPECT_EQ(batch_.kind()[5], 0);
  EXPECT_EQ(statistics_.datagrams, 1u);
  EXPECT_EQ(statistics_.records, 30u);
  EXPECT_EQ(statistics_.flows, 30u);
}

TEST_F(Netflow5, RejectsTheWholeDatagramWhenTheCountIsBeyondIt) {
  EXPECT_FALSE(decode(netflow5(30, 31)));
  EXPECT_FALSE(decode(netflow5(30, 0xd91e)));
  EXPECT_TRUE(batch_.empty());
  EXPECT_EQ(statistics_.of(Undecodable::kCountMismatch), 2u);
  EXPECT_EQ(statistics_.datagrams, 0u);
}

TEST_F(Netflow5, StopsAtTheCountWhenMoreBytesFollow) {
  EXPECT_TRUE(decode(netflow5(30, 2)));
  EXPECT_EQ(batch_.size(), 2u);
  EXPECT_EQ(statistics_.of(Undecodable::kUnsupportedFeature), 1u);
}

TEST_F(Netflow5, IgnoresAFewBytesBehindTheLastRecord) {
  auto payload = netflow5(2, 2);
  payload.resize(payload.size() + 6, std::byte{0x5a});
  EXPECT_TRUE(decode(payload));
  EXPECT_EQ(batch_.size(), 2u);
  EXPECT_EQ(statistics_.of(Undecodable::kUnsupportedFeature), 0u);
}

TEST_F(Netflow5, RejectsAHeaderCutShort) {
  const auto payload = netflow5(0, 0);
  for (std::size_t length = 2; length < payload.size(); ++length) {
    FlowBatch batch;
    EXPECT_FALSE(decoder_.decode(datagram_of(std::span(payload).first(length)), batch));
  }
  EXPECT_EQ(statistics_.of(Undecodable::kTruncatedHeader), 22u);
}

TEST_F(Netflow5, LeavesTheRateUnknownWhenTheHeaderStatesNone) {
  decode(netflow5(1, 1, 0));
  EXPECT_EQ(batch_.sampling_rate()[0], 0u);
  decode(netflow5(1, 1, 0x4000));
  EXPECT_EQ(batch_.sampling_rate()[1], 0u);
}

TEST_F(Netflow5, UsesTheConfiguredRateOnlyWhereTheHeaderStatesNone) {
  Decoder::Config config;
  config.default_sampling_rate = 512;
  Decoder decoder(config);
  decoder.decode(datagram_of(netflow5(1, 1, 0)), batch_);
  decoder.decode(datagram_of(netflow5(1, 1, 64)), batch_);
  EXPECT_EQ(batch_.sampling_rate()[0], 512u);
  EXPECT_EQ(batch_.sampling_rate()[1], 64u);
}

TEST_F(Netflow5, CountsLostRecordsBySequence) {
  decode(netflow5(30, 30, 0, 1000));
  decode(netflow5(30, 30, 0, 1090));
  EXPECT_EQ(statistics_.lost_records, 60u);
  EXPECT_EQ(statistics_.lost_datagrams, 0u);
  decode(netflow5(30, 30, 0, 1030));
  EXPECT_EQ(statistics_.lost_records, 30u);
  EXPECT_EQ(statistics_.reordered, 1u);
  decode(netflow5(30, 30, 0, 2'000'000'000));
  EXPECT_EQ(statistics_.sequence_resets, 1u);
  EXPECT_EQ(statistics_.lost_records, 30u);
}

TEST_F(Netflow5, TakesIcmpTypeAndCodeFromTheDestinationPort) {
  auto payload = netflow5(1, 1);
  payload[24 + 38] = std::byte{1};
  payload[24 + 34] = std::byte{3};
  payload[24 + 35] = std::byte{13};
  decode(payload);
  EXPECT_EQ(batch_.icmp_type()[0], 3);
  EXPECT_EQ(batch_.icmp_code()[0], 13);
  EXPECT_EQ(batch_.source_port()[0], 0);
  EXPECT_EQ(batch_.destination_port()[0], 0);
}

}  // namespace
}  // namespace noroshi
