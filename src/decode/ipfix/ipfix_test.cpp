#include "decode/ipfix/ipfix.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

constexpr std::uint16_t kId = 300;

const std::vector<FieldSpecifier> kSmall{{kIana, 8, 4}, {kIana, 12, 4}, {kIana, 2, 8}};

Bytes small_record(std::uint32_t n) {
  return joined({integer(0x0a000000 + n, 4), integer(0xc0000201, 4), integer(n + 1, 8)});
}

MessageBuilder message() { return MessageBuilder(ExportProtocol::kIpfix); }
MessageBuilder message(std::uint32_t sequence) {
  MessageBuilder::Header header;
  header.sequence = sequence;
  return {ExportProtocol::kIpfix, header};
}

class Ipfix : public testing::Test {
 protected:
  bool decode(const Bytes& payload) { return decoder_.decode(datagram_of(payload), batch_); }
  std::uint64_t of(Undecodable reason) const { return statistics().of(reason); }
  const DecodeStatistics& statistics() const { return decoder_.statistics(); }
  void use(Transport transport) {
    Decoder::Config config;
    config.transport = transport;
    decoder_ = Decoder(config);
  }
  /// A template record without fields.
  static Bytes withdrawal(std::uint16_t id) { return joined({integer(id, 2), integer(0, 2)}); }

  Decoder decoder_{{}};
  FlowBatch batch_;
};

TEST_F(Ipfix, ReadsARouterFlow) {
  decode(message().define(kId, router_template(true)).set(kId, router_record(true, 5)).finish());
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.first()[0], 1'699'999'990'005u);
  EXPECT_EQ(batch_.last()[0], 1'699'999'995'005u);
  EXPECT_EQ(batch_.bytes()[0], 3'540u);
  EXPECT_EQ(batch_.observation_domain_id()[0], 7u);
}

TEST_F(Ipfix, StepsOverElementsOfUnknownEnterprises) {
  decode(message()
             .define(kId, {{9'999, 1, 8}, {kIana, 2, 4}, {9'999, 2, kVariableLength}})
             .set(kId, joined({Bytes(8, std::byte{0xff}), integer(5, 4), variable(Bytes(3))}))
             .finish());
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.packets()[0], 5u);
  EXPECT_EQ(batch_.bytes()[0], 0u) << "9999/1 is not element 1";
}

TEST_F(Ipfix, ReadsBothFormsOfVariableLength) {
  const std::vector<FieldSpecifier> fields{
      {kIana, 2, 4}, {kIana, 82, kVariableLength}, {kIana, 1, 4}, {kIana, 83, kVariableLength}};
  Bytes records;
  for (const std::size_t length : std::initializer_list<std::size_t>{0, 1, 254, 255, 600}) {
    const auto n = static_cast<std::uint32_t>(length);
    records = joined({records, integer(n, 4), variable(Bytes(length, std::byte{0x41}), n == 1),
                      integer(n + 1, 4), variable(Bytes(2))});
  }
  decode(message().define(kId, fields).set(kId, records).finish());
  ASSERT_EQ(batch_.size(), 5u);
  EXPECT_EQ(batch_.packets()[4], 600u);
  EXPECT_EQ(batch_.bytes()[4], 601u);
  EXPECT_EQ(batch_.bytes()[1], 2u);
}

TEST_F(Ipfix, KeepsTheRecordsBeforeOneWhoseFieldEndsBeyondItsSet) {
  const std::vector<FieldSpecifier> fields{{kIana, 2, 4}, {kIana, 82, kVariableLength}};
  const auto good = joined({integer(1, 4), variable(Bytes(5))});
  for (const auto& bad : {joined({integer(2, 4), integer(9, 1), Bytes(5, std::byte{1})}),
                          joined({integer(2, 4), integer(255, 1), integer(0xffff, 2)}),
                          joined({integer(2, 4), integer(255, 1), integer(1, 1)})}) {
    decoder_ = Decoder({});
    batch_.clear();
    decode(message().define(kId, fields).set(kId, joined({good, bad})).finish());
    EXPECT_EQ(batch_.size(), 1u);
    EXPECT_EQ(of(Undecodable::kMalformedRecord), 1u);
  }
}

TEST_F(Ipfix, ReadsReducedSizes) {
  for (std::size_t width = 1; width <= 8; ++width) {
    decoder_ = Decoder({});
    batch_.clear();
    const auto octets = static_cast<std::uint16_t>(width);
    decode(message()
               .define(kId, {{kIana, 1, octets}, {kIana, 2, octets}, {kIana, 10, octets}})
               .set(kId, joined({integer(200, width), integer(199, width), integer(198, width)}))
               .finish());
    ASSERT_EQ(batch_.size(), 1u);
    EXPECT_EQ(batch_.bytes()[0], 200u);
    EXPECT_EQ(batch_.packets()[0], 199u);
    EXPECT_EQ(batch_.input_interface()[0], 198u);
  }
}

TEST_F(Ipfix, MakesOneBidirectionalRowOfABiflow) {
  decode(message()
             .define(kId, {{kIana, 1, 4},
                           {kReverse, 1, 4},
                           {kIana, 2, 4},
                           {kReverse, 2, 4},
                           {kIana, 6, 1},
                           {kReverse, 6, 1}})
             .set(kId, joined({integer(100, 4), integer(900, 4), integer(1, 4), integer(9, 4),
                               integer(2, 1), integer(18, 1)}))
             .finish());
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.kind()[0], static_cast<std::uint8_t>(FlowKind::kBidirectional));
  EXPECT_EQ(batch_.bytes()[0], 100u);
  EXPECT_EQ(batch_.reverse_bytes()[0], 900u);
  EXPECT_EQ(batch_.packets()[0], 1u);
  EXPECT_EQ(batch_.reverse_packets()[0], 9u);
  EXPECT_EQ(batch_.tcp_flags()[0], 2);
  EXPECT_EQ(batch_.reverse_tcp_flags()[0], 18);
}

TEST_F(Ipfix, TurnsABiflowWhoseDestinationOpenedIt) {
  const std::vector<FieldSpecifier> fields{{kIana, 8, 4},  {kIana, 12, 4}, {kIana, 7, 2},
                                           {kIana, 11, 2}, {kIana, 1, 4},  {kReverse, 1, 4},
                                           {kIana, 239, 1}};
  const auto record = [](std::uint8_t direction) {
    return joined({integer(0x0a000001, 4), integer(0x0a000002, 4), integer(80, 2),
                   integer(50'000, 2), integer(900, 4), integer(100, 4), integer(direction, 1)});
  };
  decode(message().define(kId, fields).set(kId, joined({record(1), record(2)})).finish());
  ASSERT_EQ(batch_.size(), 2u);
  EXPECT_EQ(batch_.source_port()[0], 80);
  EXPECT_EQ(batch_.source_port()[1], 50'000);
  EXPECT_EQ(batch_.destination_port()[1], 80);
  EXPECT_EQ(batch_.source_address()[1].to_string(), "10.0.0.2");
  EXPECT_EQ(batch_.bytes()[1], 100u);
  EXPECT_EQ(batch_.reverse_bytes()[1], 900u);
}

TEST_F(Ipfix, StepsOverStructuredDataHoweverDeeplyNested) {
  // subTemplateMultiList (293) whose content claims lists within lists of impossible lengths.
  Bytes nested;
  for (int i = 0; i < 100; ++i) nested = joined({nested, integer(3, 1), integer(0xffff, 2)});
  decode(message()
             .define(kId,
                     {{kIana, 291, kVariableLength}, {kIana, 2, 4}, {kIana, 293, kVariableLength}})
             .set(kId, joined({variable(nested), integer(5, 4), variable(nested, true)}))
             .finish());
  ASSERT_EQ(batch_.size(), 1u);
  EXPECT_EQ(batch_.packets()[0], 5u);
}

TEST_F(Ipfix, IgnoresWithdrawalsOverUdp) {
  decode(message().define(kId, kSmall).finish());
  decode(message().set(2, withdrawal(kId)).set(2, withdrawal(2)).finish());
  decode(message().set(kId, small_record(1)).finish());
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(statistics().templates_withdrawn, 0u);
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 0u);
}

TEST_F(Ipfix, HonoursWithdrawalsOverAConnection) {
  use(Transport::kConnection);
  decode(message().define(kId, kSmall).define(301, kSmall).finish());
  decode(message().set(2, withdrawal(kId)).finish());
  decode(message().set(kId, small_record(1)).set(301, small_record(2)).finish());
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(statistics().templates_withdrawn, 1u);
  EXPECT_EQ(of(Undecodable::kUnknownTemplate), 1u);
}

TEST_F(Ipfix, HonoursTheWithdrawalOfAllTemplatesOfOneKind) {
  use(Transport::kConnection);
  decode(message()
             .define(300, kSmall)
             .define(301, kSmall)
             .define_options(400, 1, {{kIana, 149, 4}, {kIana, 34, 4}})
             .finish());
  decode(message().set(2, withdrawal(2)).finish());
  EXPECT_EQ(statistics().templates_withdrawn, 2u);
  decode(message().set(400, joined({integer(7, 4), integer(10, 4)})).finish());
  EXPECT_EQ(statistics().option_records, 1u);
  decode(message().set(3, withdrawal(3)).finish());
  EXPECT_EQ(statistics().templates_withdrawn, 3u);
}

TEST_F(Ipfix, KeepsOldTemplateWhenRedefinitionIsMalformed) {
  decode(message().define(kId, kSmall).finish());
  auto builder = message();
  auto cut = builder.record_of(kId, {{{kIana, 2, 8}, {9'999, 1, 8}}, 0, false});
  cut.resize(cut.size() - 2);
  decode(builder.set(2, cut).finish());
  decode(message().set(kId, small_record(1)).finish());
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 1u);
}

TEST_F(Ipfix, RejectsOptionsTemplatesWithoutScopeOrWithMoreScopesThanFields) {
  decode(message().define_options(400, 0, {{kIana, 34, 4}}).finish());
  decode(message().define_options(400, 2, {{kIana, 34, 4}}).finish());
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 2u);
  EXPECT_EQ(statistics().templates, 0u);
}

TEST_F(Ipfix, RejectsATemplateLongerThanAnyMessage) {
  decode(message().define(kId, {{kIana, 2, 40'000}, {kIana, 1, 40'000}}).finish());
  EXPECT_EQ(of(Undecodable::kMalformedTemplate), 1u);
}

TEST_F(Ipfix, CountsATemplateOfTooManyFields) {
  decode(message().define(kId, std::vector<FieldSpecifier>(513, {kIana, 2, 1})).finish());
  EXPECT_EQ(of(Undecodable::kOverLimit), 1u);
  decode(message().define(kId, std::vector<FieldSpecifier>(512, {kIana, 2, 1})).finish());
  EXPECT_EQ(statistics().templates, 1u);
}

TEST_F(Ipfix, DecodesTheWholeSetsOfAMessageCutShort) {
  auto payload =
      message().define(kId, kSmall).set(kId, small_record(1)).set(kId, small_record(2)).finish();
  payload.resize(payload.size() - 3);
  EXPECT_TRUE(decode(payload));
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(of(Undecodable::kMalformedSet), 1u);
}

TEST_F(Ipfix, CountsASecondMessageInTheSameDatagramAndLeavesItAlone) {
  const auto first = message().define(kId, kSmall).set(kId, small_record(1)).finish();
  const auto second = message().set(kId, small_record(2)).finish();
  decode(joined({first, second}));
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(of(Undecodable::kUnsupportedFeature), 1u);
}

TEST_F(Ipfix, DecodesALastSetThatBeginsWithinTheStatedLengthAndEndsBeyondIt) {
  auto payload = message().define(kId, kSmall).set(kId, small_record(1)).finish();
  payload[3] = static_cast<std::byte>(payload.size() - 10);
  decode(payload);
  EXPECT_EQ(batch_.size(), 1u);
  EXPECT_EQ(of(Undecodable::kUnsupportedFeature), 0u);
}

TEST_F(Ipfix, RejectsAHeaderThatClaimsLessThanItself) {
  auto payload = message().define(kId, kSmall).finish();
  payload[2] = std::byte{0};
  payload[3] = std::byte{15};
  EXPECT_FALSE(decode(payload));
  EXPECT_EQ(of(Undecodable::kTruncatedHeader), 1u);
}

TEST_F(Ipfix, CountsLostRecordsBySequenceOptionsIncluded) {
  decode(message(0)
             .define(kId, kSmall)
             .define_options(400, 1, {{kIana, 149, 4}, {kIana, 34, 4}})
             .set(kId, joined({small_record(1), small_record(2)}))
             .set(400, joined({integer(7, 4), integer(1, 4)}))
             .finish());
  decode(message(3).set(kId, small_record(3)).finish());
  EXPECT_EQ(statistics().lost_records, 0u);
  decode(message(10).set(kId, small_record(3)).finish());
  EXPECT_EQ(statistics().lost_records, 6u);
}

TEST_F(Ipfix, DoesNotTakeRecordsItCouldNotCountForLost) {
  decode(message(0).define(kId, kSmall).set(999, small_record(1)).finish());
  decode(message(50).set(kId, small_record(3)).finish());
  decode(message(51).set(kId, small_record(3)).finish());
  EXPECT_EQ(statistics().lost_records, 0u);
  decode(message(53).set(kId, small_record(3)).finish());
  EXPECT_EQ(statistics().lost_records, 1u);
}

TEST_F(Ipfix, ReadsHeadersFromAFrameSectionAndNothingBehindThem) {
  const auto frame =
      joined({Bytes(12, std::byte{2}), integer(0x0800, 2), integer(0x4500, 2), integer(60, 2),
              integer(0, 4), integer(0x4011, 2), integer(0, 2), integer(0xc0000201, 4),
              integer(0xc0000202, 4), integer(5353, 2), integer(53, 2), integer(40, 2),
              integer(0, 2), Bytes(30, std::byte{0x53})});
  for (const auto& [field, content] :
       {std::pair(FieldSpecifier{kIana, 315, kVariableLength}, variable(frame)),
        std::pair(FieldSpecifier{kIana, 315, static_cast<std::uint16_t>(frame.size())}, frame),
        std::pair(FieldSpecifier{kIana, 313, kVariableLength},
                  variable(std::span(frame).subspan(14), true))}) {
    decoder_ = Decoder({});
    batch_.clear();
    decode(message()
               .define(kId, {{kIana, 10, 4}, field, {kIana, 14, 4}})
               .set(kId, joined({integer(1, 4), content, integer(2, 4), integer(3, 4), content,
                                 integer(4, 4)}))
               .finish());
    ASSERT_EQ(batch_.size(), 2u);
    EXPECT_EQ(batch_.source_address()[1].to_string(), "192.0.2.1");
    EXPECT_EQ(batch_.destination_address()[1].to_string(), "192.0.2.2");
    EXPECT_EQ(batch_.source_port()[1], 5353);
    EXPECT_EQ(batch_.destination_port()[1], 53);
    EXPECT_EQ(batch_.protocol()[1], 17);
    EXPECT_EQ(batch_.packets()[1], 1u);
    EXPECT_EQ(batch_.bytes()[1], 60u);
    EXPECT_EQ(batch_.output_interface()[1], 4u);
  }
}

}  // namespace
}  // namespace noroshi
