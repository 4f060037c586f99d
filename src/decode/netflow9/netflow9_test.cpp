#include "decode/netflow9/netflow9.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

constexpr std::uint16_t kId = 300;

const std::vector<FieldSpecifier> kSmall{{kIana, 8, 4}, {kIana, 12, 4}, {kIana, 2, 4}};

Bytes small_record(std::uint32_t n) {
  return joined({integer(0x0a000000 + n, 4), integer(0xc0000201, 4), integer(n + 1, 4)});
}

MessageBuilder message() { return MessageBuilder(ExportProtocol::kNetflow9); }
MessageBuilder message(std::uint32_t sequence) {
  MessageBuilder::Header header;
  header.sequence = sequence;
  return {ExportProtocol::kNetflow9, header};
}

class Netflow9 : public testing::Test {
 protected:
  bool decode(const Bytes& payload) { return decoder_.decode(datagram_of(payload), batch_); }
  std::uint64_t of(Undecodable reason) const { return decoder_.statistics().of(reason); }

  Decoder decoder_{{}};
  FlowBatch batch_;
  const DecodeStatistics& statistics_ = decoder_.statistics();
};

TEST_F(Netflow9, ReadsARouterFlow) {
  decode(message().define(kId, router_template(false)).set(kId, router_record(false, 5)).finish());
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.source_address()[0].to_string(), "10.0.0.5");
  EXPECT_EQ(batch_.destination_address()[0].to_string(), "192.0.2.5");
  EXPECT_EQ(batch_.next_hop()[0].to_string(), "192.0.2.1");
  EXPECT_EQ(batch_.first()[0], 1'699'999'990'005u);
  EXPECT_EQ(batch_.last()[0], 1'699'999'995'005u);
  EXPECT_EQ(batch_.packets()[0], 6u);
  EXPECT_EQ(batch_.bytes()[0], 3'540u);
  EXPECT_EQ(batch_.direction()[0], static_cast<std::uint8_t>(FlowDirection::kIngress));
  EXPECT_EQ(batch_.observation_domain_id()[0], 7u);
  EXPECT_EQ(batch_.sampling_rate()[0], 0u) << "unknown, not 1";
  EXPECT_EQ(statistics_.templates, 1u);
  EXPECT_EQ(statistics_.flows, 1u);
}

TEST_F(Netflow9, CountsDataBeforeItsTemplateOncePerSetAndDecodesItAfterwards) {
  const auto records = joined({small_record(1), small_record(2)});
  EXPECT_TRUE(decode(message().set(kId, records).set(kId, records).finish()));
  EXPECT_EQ(of(Undecodable::kUnknownTemplate), 2u);
  EXPECT_TRUE(batch_.empty());
  decode(message().define(kId, kSmall).finish());
  decode(message().set(kId, records).finish());
  EXPECT_EQ(batch_.size(), 2u);
}

TEST_F(Netflow9, DecodesTheOtherSetsWhenOneTemplateIsUnknown) {
  decode(message()
             .define(kId, kSmall)
             .set(kId, small_record(1))
             .set(999, small_record(2))
             .set(kId, small_record(3))
             .finish());
  ASSERT_EQ(batch_.size(), 2u);
  EXPECT_EQ(batch_.packets()[1], 4u);
  EXPECT_EQ(of(Undecodable::kUnknownTemplate), 1u);
}

TEST_F(Netflow9, IgnoresTheCountOfTheHeader) {
  auto payload =
      message().define(kId, kSmall).set(kId, joined({small_record(1), small_record(2)})).finish();
  payload[3] = std::byte{0};
  EXPECT_TRUE(decode(payload));
  EXPECT_EQ(batch_.size(), 2u);
}

TEST_F(Netflow9, AcceptsPaddingShorterThanARecordEvenIfUncleared) {
  auto records = joined({small_record(1), integer(0, 3)});
  decode(message().define(kId, kSmall).set(kId, records).finish());
  records[records.size() - 1] = std::byte{0x5a};
  decode(message().set(kId, records).finish());
  EXPECT_EQ(batch_.size(), 2u);
  EXPECT_EQ(of(Undecodable::kMalformedRecord), 0u);
}

TEST_F(Netflow9, CountsARecordCutShort) {
  const auto record = small_record(1);
  const auto cut = Bytes(record.begin(), record.end() - 2);
  decode(message().define(kId, kSmall).set(kId, joined({record, cut})).set(kId, cut).finish());
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(of(Undecodable::kMalformedRecord), 2u);
}

TEST_F(Netflow9, StopsSilentlyAtAZeroFilledTail) {
  decode(message().define(kId, kSmall).set(kId, small_record(1)).bytes(Bytes(1200)).finish());
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(of(Undecodable::kMalformedSet), 0u);
}

TEST_F(Netflow9, CountsASetWhoseLengthIsBelowItsHeader) {
  decode(message()
             .define(kId, kSmall)
             .set(kId, small_record(1), 3)
             .set(kId, small_record(2))
             .finish());
  EXPECT_TRUE(batch_.empty());
  EXPECT_EQ(of(Undecodable::kMalformedSet), 1u);
}

TEST_F(Netflow9, CountsASetThatEndsBeyondItsDatagram) {
  decode(message()
             .define(kId, kSmall)
             .set(kId, small_record(1))
             .set(kId, small_record(2), 200)
             .finish());
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(of(Undecodable::kMalformedSet), 1u);
}

TEST_F(Netflow9, RejectsAHeaderCutShort) {
  auto payload = message().finish();
  payload.pop_back();
  EXPECT_FALSE(decode(payload));
  EXPECT_EQ(of(Undecodable::kTruncatedHeader), 1u);
  EXPECT_EQ(statistics_.datagrams, 0u);
}

TEST_F(Netflow9, ReplacesATemplateByADifferentDefinition) {
  decode(message().define(kId, kSmall).finish());
  decode(message().define(kId, {{kIana, 2, 8}}).set(kId, integer(77, 8)).finish());
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.packets()[0], 77u);
  EXPECT_EQ(statistics_.templates, 2u);
  EXPECT_EQ(statistics_.templates_replaced, 1u);
}

TEST_F(Netflow9, CountsARepeatedDefinitionOnce) {
  for (int i = 0; i < 5; ++i) decode(message().define(kId, kSmall).finish());
  EXPECT_EQ(statistics_.templates, 1u);
  EXPECT_EQ(statistics_.templates_replaced, 0u);
}

TEST_F(Netflow9, KeepsOldTemplateWhenRedefinitionIsMalformed) {
  decode(message().define(kId, kSmall).finish());
  auto builder = message();
  auto cut = builder.record_of(kId, {{{kIana, 2, 8}, {kIana, 1, 8}}, 0, false});
  cut.resize(cut.size() - 4);
  decode(builder.set(0, cut).finish());
  decode(message().define(kId, {{kIana, 2, 0}}).finish());
  decode(message().define(kId, std::vector<FieldSpecifier>{}).finish());
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 3u);
  decode(message().set(kId, small_record(1)).finish());
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(statistics_.templates_replaced, 0u);
}

TEST_F(Netflow9, RejectsATemplateWithoutOctetsButAllowsSingleEmptyFields) {
  decode(message().define(kId, {{kIana, 2, 0}, {kIana, 1, 0}}).set(kId, Bytes(40)).finish());
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 1u);
  decode(message()
             .define(kId, {{kIana, 0, 0}, {kIana, 2, 4}, {kIana, 1, 0}})
             .set(kId, integer(9, 4))
             .finish());
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.packets()[0], 9u);
}

TEST_F(Netflow9, ReadsSeveralTemplatesOfOneSetAndItsPadding) {
  const auto builder = message();
  const auto both = joined({builder.record_of(300, {kSmall, 0, false}),
                            builder.record_of(301, {{{kIana, 2, 2}}, 0, false}), Bytes(4)});
  decode(message().set(0, both).set(301, integer(5, 2)).set(300, small_record(1)).finish());
  EXPECT_EQ(batch_.size(), 2u);
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 0u);
}

TEST_F(Netflow9, RejectsATemplateNumberThatNamesAKindOfSet) {
  decode(message().define(255, kSmall).finish());
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 1u);
  EXPECT_EQ(statistics_.templates, 0u);
}

TEST_F(Netflow9, CountsASetOfAReservedNumber) {
  decode(message().set(77, Bytes(8)).finish());
  EXPECT_EQ(of(Undecodable::kUnsupportedFeature), 1u);
}

TEST_F(Netflow9, ReadsOptionsWithAScopeOfNoOctets) {
  const std::vector<FieldSpecifier> fields{{kNetflow9Scope, 1, 0}, {kIana, 35, 1}, {kIana, 34, 4}};
  decode(message()
             .define_options(256, 1, fields)
             .set(256, joined({integer(2, 1), integer(128, 4), Bytes(3)}))
             .define(kId, kSmall)
             .set(kId, small_record(1))
             .finish());
  EXPECT_EQ(statistics_.option_records, 1u);
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.sampling_rate()[0], 128u);
}

TEST_F(Netflow9, CountsAnOptionsTemplateOfOddLengths) {
  auto builder = message();
  auto record = builder.record_of(256, {{{kNetflow9Scope, 1, 4}, {kIana, 34, 4}}, 1, true});
  record[3] = std::byte{5};
  decode(builder.set(1, record).finish());
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 1u);
}

TEST_F(Netflow9, ReadsFieldsOfVariableLengthAsH3cSendsThem) {
  const std::vector<FieldSpecifier> fields{{kIana, 236, kVariableLength}, {kIana, 2, 4}};
  decode(message()
             .define(kId, fields)
             .set(kId, joined({variable(Bytes(3)), integer(8, 4), variable({}), integer(9, 4)}))
             .finish());
  ASSERT_EQ(batch_.size(), 2u);
  EXPECT_EQ(batch_.packets()[0], 8u);
  EXPECT_EQ(batch_.packets()[1], 9u);
}

TEST_F(Netflow9, KeepsTemplatesOfSourcesApart) {
  decode(message().define(kId, kSmall).finish());
  MessageBuilder::Header header;
  header.domain = 8;
  decode(MessageBuilder(ExportProtocol::kNetflow9, header).set(kId, small_record(1)).finish());
  EXPECT_TRUE(batch_.empty());
  EXPECT_EQ(of(Undecodable::kUnknownTemplate), 1u);
}

TEST_F(Netflow9, CountsLostDatagramsBySequence) {
  decode(message(10).finish());
  decode(message(14).finish());
  EXPECT_EQ(statistics_.lost_datagrams, 3u);
  EXPECT_EQ(statistics_.lost_records, 0u);
  decode(message(12).finish());
  EXPECT_EQ(statistics_.lost_datagrams, 2u);
  EXPECT_EQ(statistics_.reordered, 1u);
  decode(message(15).finish());
  decode(message(0xf000'0000).finish());
  EXPECT_EQ(statistics_.sequence_resets, 1u);
}

}  // namespace
}  // namespace noroshi
