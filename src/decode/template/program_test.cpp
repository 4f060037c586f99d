#include "decode/template/program.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

FlowKind kind_of(std::vector<std::uint16_t> elements) {
  TemplateDefinition definition;
  for (const auto element : elements) definition.fields.push_back({kIana, element, 4});
  return compile(definition).kind;
}

TEST(Program, TellsEventsFromTrafficByTheCountersOfTheTemplate) {
  EXPECT_EQ(kind_of({8, 12, 230}), FlowKind::kEvent) << "NEL";
  EXPECT_EQ(kind_of({8, 12, 233, 231, 232, 323}), FlowKind::kEvent) << "NSEL teardown";
  EXPECT_EQ(kind_of({8, 12, 233, 231, 232, 298, 299}), FlowKind::kEvent) << "with packets";
  EXPECT_EQ(kind_of({8, 12, 40005, 85}), FlowKind::kEvent) << "NSEL before 8.4";
  EXPECT_EQ(kind_of({1, 2, 8, 12, 233}), FlowKind::kUnidirectional) << "Palo Alto";
  EXPECT_EQ(kind_of({8, 12, 85, 86, 1, 2, 233}), FlowKind::kUnidirectional) << "Barracuda";
  EXPECT_EQ(kind_of({8, 12}), FlowKind::kUnidirectional);
}

TEST(Program, TellsConversationsByCountersBothWays) {
  EXPECT_EQ(kind_of({8, 12, 231, 232}), FlowKind::kBidirectional);
  EXPECT_EQ(kind_of({8, 12, 298, 299}), FlowKind::kBidirectional);
  EXPECT_EQ(kind_of({8, 12, 1, 2, 23, 24}), FlowKind::kUnidirectional) << "the same packets again";
  EXPECT_EQ(kind_of({8, 12, 1, 2, 232}), FlowKind::kUnidirectional) << "Huawei's 232";
  const TemplateDefinition biflow{{{kIana, 1, 4}, {kReverse, 1, 4}}, 0, false};
  EXPECT_EQ(compile(biflow).kind, FlowKind::kBidirectional);
  const TemplateDefinition reverse_icmp{{{kIana, 1, 4}, {kReverse, 32, 2}}, 0, false};
  EXPECT_EQ(compile(reverse_icmp).kind, FlowKind::kUnidirectional) << "IXIA";
}

/// Decodes one record of NetFlow v9.
class Record : public testing::Test {
 protected:
  void decode(const std::vector<FieldSpecifier>& fields, const Bytes& values) {
    batch_.clear();
    Decoder decoder({});
    decoder.decode(datagram_of(MessageBuilder(ExportProtocol::kNetflow9)
                                   .define(300, fields)
                                   .set(300, values)
                                   .finish()),
                   batch_);
    ASSERT_EQ(batch_.size(), 1u);
  }
  FlowBatch batch_;
};

TEST_F(Record, TakesTheAddressThatIsNotZero) {
  const std::vector<FieldSpecifier> fields{
      {kIana, 8, 4}, {kIana, 27, 16}, {kIana, 28, 16}, {kIana, 12, 4}};
  decode(fields, joined({integer(0, 4), ipv6(1), ipv6(2), integer(0, 4)}));
  EXPECT_EQ(batch_.source_address()[0].to_string(), "2001:db8::1");
  EXPECT_EQ(batch_.destination_address()[0].to_string(), "2001:db8::2");
  decode(fields, joined({integer(0xc0000201, 4), Bytes(16), Bytes(16), integer(0xc0000202, 4)}));
  EXPECT_EQ(batch_.source_address()[0].to_string(), "192.0.2.1");
  EXPECT_EQ(batch_.destination_address()[0].to_string(), "192.0.2.2");
}

TEST_F(Record, KeepsTheUnspecifiedAddressOfAHostThatHasNoneYet) {
  decode({{kIana, 8, 4}, {kIana, 12, 4}, {kIana, 15, 4}},
         joined({integer(0, 4), integer(0xffffffff, 4), integer(0, 4)}));
  EXPECT_EQ(batch_.source_address()[0].to_string(), "0.0.0.0");
  EXPECT_TRUE(batch_.next_hop()[0].is_none());
}

TEST_F(Record, TakesTheLastOfRepeatedElementsWhichIsTheInnerPacket) {
  decode(
      {{kIana, 27, 16}, {kIana, 7, 2}, {kIana, 4, 1}, {kIana, 8, 4}, {kIana, 7, 2}, {kIana, 4, 1}},
      joined({ipv6(1), integer(0, 2), integer(4, 1), integer(0xc0000201, 4), integer(2222, 2),
              integer(17, 1)}));
  EXPECT_EQ(batch_.source_address()[0].to_string(), "192.0.2.1");
  EXPECT_EQ(batch_.source_port()[0], 2222);
  EXPECT_EQ(batch_.protocol()[0], 17);
}

TEST_F(Record, CountsWhatLeftOnlyWhereNothingWasCountedComingIn) {
  const std::vector<FieldSpecifier> fields{
      {kIana, 2, 4}, {kIana, 1, 4}, {kIana, 24, 4}, {kIana, 23, 4}};
  decode(fields, joined({integer(6, 4), integer(748, 4), integer(6, 4), integer(748, 4)}));
  EXPECT_EQ(batch_.bytes()[0], 748u);
  EXPECT_EQ(batch_.reverse_bytes()[0], 0u);
  decode(fields, joined({integer(0, 4), integer(0, 4), integer(1, 4), integer(32, 4)}));
  EXPECT_EQ(batch_.packets()[0], 1u);
  EXPECT_EQ(batch_.bytes()[0], 32u);
  decode({{kIana, 24, 4}, {kIana, 23, 4}}, joined({integer(1, 4), integer(32, 4)}));
  EXPECT_EQ(batch_.bytes()[0], 32u);
}

TEST_F(Record, PrefersDeltasToTotals) {
  decode({{kIana, 85, 8}, {kIana, 1, 8}, {kIana, 86, 8}, {kIana, 2, 8}},
         joined({integer(9'000, 8), integer(0, 8), integer(90, 8), integer(0, 8)}));
  EXPECT_EQ(batch_.bytes()[0], 0u);
  EXPECT_EQ(batch_.packets()[0], 0u);
}

TEST_F(Record, KeepsAnEventOutOfTheTraffic) {
  decode({{kIana, 8, 4},
          {kIana, 225, 4},
          {kIana, 227, 2},
          {kIana, 233, 1},
          {kIana, 231, 4},
          {kIana, 232, 4}},
         joined({integer(0x0a000001, 4), integer(0xc0000205, 4), integer(40'000, 2), integer(2, 1),
                 integer(81, 4), integer(763, 4)}));
  EXPECT_EQ(batch_.kind()[0], static_cast<std::uint8_t>(FlowKind::kEvent));
  EXPECT_EQ(batch_.event()[0], 2);
  EXPECT_EQ(batch_.translated_source_address()[0].to_string(), "192.0.2.5");
  EXPECT_EQ(batch_.translated_source_port()[0], 40'000);
  EXPECT_EQ(batch_.bytes()[0], 81u);
  EXPECT_EQ(batch_.reverse_bytes()[0], 763u);
}

TEST_F(Record, ReadsIcmpFromElementsOrPorts) {
  struct Case {
    std::vector<FieldSpecifier> fields;
    Bytes values;
    int type;
    int code;
  };
  const FieldSpecifier source{kIana, 7, 2};
  const FieldSpecifier destination{kIana, 11, 2};
  const std::vector<Case> cases{
      {{destination}, integer(0x0303, 2), 3, 3},
      {{source, destination}, joined({integer(0, 2), integer(8, 2)}), 8, 0},
      {{source, destination}, joined({integer(0x0800, 2), integer(0, 2)}), 8, 0},
      {{source, destination}, joined({integer(8, 2), integer(0, 2)}), 8, 0},
      {{source, destination}, joined({integer(0xf123, 2), integer(0, 2)}), 0, 0},
      {{destination, {kIana, 32, 2}}, joined({integer(0x0303, 2), integer(0x0b01, 2)}), 11, 1},
      {{source, {kIana, 176, 1}, {kIana, 177, 1}},
       joined({integer(17'549, 2), integer(0, 1), integer(0, 1)}),
       0,
       0},
  };
  for (const auto& test : cases) {
    auto fields = test.fields;
    fields.push_back({kIana, 4, 1});
    decode(fields, joined({test.values, integer(1, 1)}));
    EXPECT_EQ(batch_.icmp_type()[0], test.type);
    EXPECT_EQ(batch_.icmp_code()[0], test.code);
    EXPECT_EQ(batch_.source_port()[0], 0);
    EXPECT_EQ(batch_.destination_port()[0], 0);
  }
  decode({destination, {kIana, 4, 1}}, joined({integer(0x8600, 2), integer(58, 1)}));
  EXPECT_EQ(batch_.icmp_type()[0], 134);
}

TEST_F(Record, IgnoresAddressesOfTheWrongLength) {
  decode({{kIana, 8, 16}, {kIana, 27, 4}, {kIana, 2, 4}},
         joined({ipv6(1), Bytes(4), integer(1, 4)}));
  EXPECT_TRUE(batch_.source_address()[0].is_none());
  EXPECT_EQ(batch_.packets()[0], 1u);
}

}  // namespace
}  // namespace noroshi
