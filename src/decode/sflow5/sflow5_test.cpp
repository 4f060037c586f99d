#include "decode/sflow5/sflow5.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "base/byte_writer.h"

namespace noroshi {
namespace {

using Bytes = std::vector<std::byte>;

void write_words(ByteWriter& writer, std::initializer_list<std::uint32_t> words) {
  for (const auto word : words) writer.write_u32(word);
}

Bytes words(std::initializer_list<std::uint32_t> values) {
  ByteWriter writer;
  write_words(writer, values);
  return writer.take();
}

/// format, length, content: what samples and records both are.
Bytes framed(std::uint32_t format, const Bytes& content) {
  ByteWriter writer;
  write_words(writer, {format, static_cast<std::uint32_t>(content.size())});
  writer.write_bytes(content);
  return writer.take();
}

/// A TCP SYN from 192.0.2.1:40000 to 198.51.100.2:23 in Ethernet, as sampled.
Bytes frame(std::uint16_t ether_type = 0x0800, std::uint16_t ip_length = 60) {
  ByteWriter writer;
  writer.write_zeros(12);
  writer.write_u16(ether_type);
  write_words(writer, {0x45000000u | ip_length, 0, 0x40060000, 0xc0000201, 0xc6336402});
  write_words(writer, {40'000u << 16 | 23, 1, 0, 0xa0020000, 0});
  return writer.take();
}

Bytes raw_header(std::uint32_t protocol, const Bytes& header, std::uint32_t frame_length = 78,
                 std::uint32_t stripped = 4) {
  ByteWriter writer;
  write_words(writer,
              {protocol, frame_length, stripped, static_cast<std::uint32_t>(header.size())});
  writer.write_bytes(header);
  writer.write_zeros((4 - header.size() % 4) % 4);
  return framed(1, writer.take());
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Bytes flow_sample(std::uint32_t records, const Bytes& content, std::uint32_t output = 8) {
  return framed(1, joined({words({1, 7, 1024, 9999, 3, 7, output, records}), content}));
}

Bytes expanded_sample(std::uint32_t records, const Bytes& content) {
  return framed(3,
                joined({words({1, 0, 7, 2048, 9999, 3, 0, 0x8000'0007, 2, 9, records}), content}));
}

Bytes datagram(std::uint32_t samples, const Bytes& content, std::uint32_t sequence = 1,
               std::uint32_t agent = 0xcb007101) {
  return joined({words({5, 1, agent, 42, sequence, 1000, samples}), content});
}

class Sflow5 : public testing::Test {
 protected:
  bool decode(const Bytes& payload) {
    return decoder_.decode({.exporter = IpAddress::from_v4(0x7f000001),
                            .exporter_port = {},
                            .received = from_unix_milliseconds(1'700'000'000'123),
                            .payload = payload},
                           batch_, statistics_);
  }

  Sflow5Decoder decoder_{16};
  FlowBatch batch_;
  DecodeStatistics statistics_;
};

TEST_F(Sflow5, TurnsASampleOfARawHeaderIntoOneRow) {
  ASSERT_TRUE(decode(datagram(1, flow_sample(1, raw_header(1, frame())))));
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.source_address()[0].to_string(), "192.0.2.1");
  EXPECT_EQ(batch_.destination_address()[0].to_string(), "198.51.100.2");
  EXPECT_EQ(batch_.source_port()[0], 40'000);
  EXPECT_EQ(batch_.destination_port()[0], 23);
  EXPECT_EQ(batch_.protocol()[0], 6);
  EXPECT_EQ(batch_.tcp_flags()[0], kTcpSyn);
  EXPECT_EQ(batch_.packets()[0], 1u);
  EXPECT_EQ(batch_.bytes()[0], 60u);
  EXPECT_EQ(batch_.sampling_rate()[0], 1024u);
  EXPECT_EQ(batch_.input_interface()[0], 7u);
  EXPECT_EQ(batch_.output_interface()[0], 8u);
  EXPECT_EQ(batch_.exporter()[0].to_string(), "203.0.113.1");
  EXPECT_EQ(batch_.observation_domain_id()[0], 42u);
  EXPECT_EQ(batch_.first()[0], 1'700'000'000'123u);
  EXPECT_EQ(batch_.last()[0], batch_.received()[0]);
  EXPECT_EQ(statistics_.datagrams, 1u);
  EXPECT_EQ(statistics_.flows, 1u);
  EXPECT_EQ(statistics_.records, 1u);
}

TEST_F(Sflow5, ReadsExpandedSamples) {
  ASSERT_TRUE(decode(datagram(1, expanded_sample(1, raw_header(1, frame())))));
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.sampling_rate()[0], 2048u);
  EXPECT_EQ(batch_.input_interface()[0], 0x8000'0007u);
  EXPECT_EQ(batch_.output_interface()[0], 9u);
}

TEST_F(Sflow5, ReadsEveryHeaderProtocolThatCarriesIp) {
  const auto ethernet = frame();
  const Bytes ip(ethernet.begin() + 14, ethernet.end());
  Bytes six(60);
  six[0] = std::byte{0x60};
  six[5] = std::byte{20};
  six[6] = std::byte{6};
  decode(
      datagram(5, joined({flow_sample(1, raw_header(11, ip)), flow_sample(1, raw_header(12, six)),
                          flow_sample(1, raw_header(7, joined({words({0xff030021}), ip}))),
                          flow_sample(1, raw_header(14, joined({words({0xff030021}), ip}))),
                          flow_sample(1, raw_header(13, joined({words({0x00012100}), ip})))})));
  ASSERT_EQ(batch_.size(), 5u);
  for (const auto protocol : batch_.protocol()) EXPECT_EQ(protocol, 6);
}

TEST_F(Sflow5, AddsSwitchRouterAndGatewayRecords) {
  const auto records = joined({framed(1001, words({100, 0, 200, 0})), raw_header(1, frame()),
                               framed(1002, words({1, 0xc0000209, 24, 24})),
                               framed(1003, words({1, 0xc000020a, 64500, 64501, 64502, 2, 1, 1,
                                                   64503, 2, 2, 64504, 64505, 1, 77, 100}))});
  ASSERT_TRUE(decode(datagram(1, flow_sample(4, records))));
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.vlan()[0], 100);
  EXPECT_EQ(batch_.next_hop()[0].to_string(), "192.0.2.9");
  EXPECT_EQ(batch_.source_as()[0], 64501u);
  EXPECT_EQ(batch_.destination_as()[0], 64505u);
}

TEST_F(Sflow5, LeavesAnUnknownVlanUnset) {
  const auto records =
      joined({framed(1001, words({0xffff'ffff, 0, 100, 0})), raw_header(1, frame())});
  decode(datagram(1, flow_sample(2, records)));
  EXPECT_EQ(batch_.vlan()[0], 0);
}

TEST_F(Sflow5, ReadsSampledIpRecordsWhereThereIsNoHeader) {
  const auto four = framed(3, words({1500, 17, 0xc0000201, 0xc6336402, 53, 5353, 0, 0}));
  const auto six =
      framed(4, words({80, 6, 0x20010db8, 0, 0, 1, 0x20010db8, 0, 0, 2, 40'000, 443, 0x12, 0}));
  decode(datagram(2, joined({flow_sample(1, four), flow_sample(1, six)})));
  ASSERT_EQ(batch_.size(), 2u);
  EXPECT_EQ(batch_.bytes()[0], 1500u);
  EXPECT_EQ(batch_.source_port()[0], 53);
  EXPECT_EQ(batch_.destination_address()[1].to_string(), "2001:db8::2");
  EXPECT_EQ(batch_.tcp_flags()[1], 0x12);
}

TEST_F(Sflow5, PrefersTheHeaderToASampledIpRecordInEitherOrder) {
  const auto record = framed(3, words({1500, 17, 1, 2, 53, 5353, 0, 0}));
  decode(datagram(2, joined({flow_sample(2, joined({record, raw_header(1, frame())})),
                             flow_sample(2, joined({raw_header(1, frame()), record}))})));
  ASSERT_EQ(batch_.size(), 2u);
  EXPECT_EQ(batch_.destination_port()[0], 23);
  EXPECT_EQ(batch_.destination_port()[1], 23);
}

TEST_F(Sflow5, CountsCounterDropUnknownAndNonIpSamples) {
  decode(datagram(
      6, joined({framed(2, Bytes(88)), framed(4, Bytes(88)), framed(5, Bytes(50)),
                 framed(4413 << 12 | 1, Bytes(8)), flow_sample(1, raw_header(1, frame(0x0806))),
                 flow_sample(1, framed(2, Bytes(24)))})));
  EXPECT_EQ(batch_.size(), 0u);
  EXPECT_EQ(statistics_.counter_samples, 2u);
  EXPECT_EQ(statistics_.drop_samples, 1u);
  EXPECT_EQ(statistics_.unknown_samples, 2u);  // a sample, and a record
  EXPECT_EQ(statistics_.non_ip_samples, 2u);
}

TEST_F(Sflow5, DecodesTheSamplesBesideOneThatLies) {
  auto lying = flow_sample(1, raw_header(1, frame()));
  lying[8 + 32 + 4 + 3] = std::byte{0xff};  // its record is longer than the sample
  const auto good = flow_sample(1, raw_header(1, frame()));
  decode(datagram(3, joined({good, lying, good})));
  EXPECT_EQ(batch_.size(), 2u);
  EXPECT_EQ(statistics_.of(Undecodable::kMalformedRecord), 1u);
}

TEST_F(Sflow5, CountsASampleThatReachesBeyondTheDatagram) {
  auto content = flow_sample(1, raw_header(1, frame()));
  const auto whole = content.size();
  content = joined({content, content});
  content.resize(whole + 20);
  decode(datagram(2, content));
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(statistics_.of(Undecodable::kMalformedRecord), 1u);
}

TEST_F(Sflow5, RefusesCountsBeyondItsLimits) {
  decode(datagram(1, flow_sample(0xffff'ffff, raw_header(1, frame()))));
  decode(
      datagram(1,
               flow_sample(2, joined({raw_header(1, frame()),
                                      framed(1003, words({1, 1, 2, 3, 4, 1, 2, 0xffff'ffff, 5}))})),
               2));
  EXPECT_EQ(batch_.size(), 0u);
  EXPECT_EQ(statistics_.of(Undecodable::kOverLimit), 2u);
  Bytes many;
  const auto counters = framed(2, {});
  for (int i = 0; i < 2000; ++i) many.insert(many.end(), counters.begin(), counters.end());
  decode(datagram(2000, many, 3));
  EXPECT_EQ(statistics_.counter_samples, 1000u);
  EXPECT_EQ(statistics_.of(Undecodable::kOverLimit), 3u);
}

TEST_F(Sflow5, TakesTheFrameLengthWhereTheIpHeaderStatesNone) {
  decode(datagram(1, flow_sample(1, raw_header(1, frame(0x0800, 0), 1518))));
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.bytes()[0], 1500u);
}

TEST_F(Sflow5, TakesTheSenderForAnAgentThatStatesNoAddress) {
  decode(datagram(1, flow_sample(1, raw_header(1, frame())), 1, 0));
  EXPECT_EQ(batch_.exporter()[0].to_string(), "127.0.0.1");
}

TEST_F(Sflow5, CountsLostDatagramsPerAgentAndSubAgent) {
  decode(datagram(0, {}, 10));
  decode(datagram(0, {}, 500, 0xcb007102));
  decode(datagram(0, {}, 14));
  EXPECT_EQ(statistics_.lost_datagrams, 3u);
  decode(datagram(0, {}, 12));
  EXPECT_EQ(statistics_.lost_datagrams, 2u);
  EXPECT_EQ(statistics_.reordered, 1u);
}

TEST_F(Sflow5, ForgetsTheLongestUnusedSessionBeyondItsLimit) {
  for (std::uint32_t agent = 1; agent <= 20; ++agent) decode(datagram(0, {}, 1, agent));
  EXPECT_EQ(statistics_.sessions_evicted, 4u);
}

TEST_F(Sflow5, RefusesOtherVersionsAndHeadersCutShort) {
  auto payload = datagram(0, {});
  payload[3] = std::byte{4};
  EXPECT_FALSE(decode(payload));
  payload[3] = std::byte{5};
  payload.resize(27);
  EXPECT_FALSE(decode(payload));
  EXPECT_FALSE(decode({}));
  EXPECT_EQ(statistics_.of(Undecodable::kUnknownVersion), 1u);
  EXPECT_EQ(statistics_.of(Undecodable::kTruncatedHeader), 2u);
  EXPECT_EQ(statistics_.datagrams, 0u);
}

TEST_F(Sflow5, ReadsAnAgentAddressOfIpv6) {
  ASSERT_TRUE(decode(joined(
      {words({5, 2, 0x20010db8, 0, 0, 9, 0, 1, 0, 1}), flow_sample(1, raw_header(1, frame()))})));
  EXPECT_EQ(batch_.exporter()[0].to_string(), "2001:db8::9");
}

RC_GTEST_PROP(Sflow5Property, SurvivesDamageAndAccountsForItsRows, ()) {
  const auto records = joined({framed(1001, words({100, 0, 200, 0})), raw_header(1, frame()),
                               framed(1003, words({1, 1, 2, 3, 4, 1, 2, 2, 64504, 64505, 0, 100})),
                               framed(3, words({1500, 17, 1, 2, 53, 5353, 0, 0}))});
  auto payload = datagram(
      3, joined({flow_sample(4, records), framed(2, Bytes(88)), expanded_sample(4, records)}));
  const auto damages = *rc::gen::inRange(0, 8);
  for (int i = 0; i < damages; ++i)
    payload[*rc::gen::inRange<std::size_t>(4, payload.size())] =
        *rc::gen::element(std::byte{0xff}, std::byte{0}, std::byte{1}, std::byte{0x7f});
  payload.resize(payload.size() - *rc::gen::inRange<std::size_t>(0, payload.size() + 1));
  payload.shrink_to_fit();
  Sflow5Decoder decoder(4);
  FlowBatch batch(1);
  DecodeStatistics statistics;
  const Datagram received{.exporter = {}, .exporter_port = {}, .received = {}, .payload = payload};
  const bool decoded = decoder.decode(received, batch, statistics);
  RC_ASSERT(batch.size() == statistics.flows);
  RC_ASSERT(decoded == (statistics.datagrams == 1));
  std::uint64_t undecodable = 0;
  for (const auto count : statistics.undecodable) undecodable += count;
  if (!decoded) RC_ASSERT(undecodable == 1u);
  if (damages == 0 && undecodable == 0) RC_ASSERT(batch.size() == 2u);
}

}  // namespace
}  // namespace noroshi
