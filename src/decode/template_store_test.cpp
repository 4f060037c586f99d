#include "decode/template_store.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

constexpr std::uint64_t kReceived = 1'700'000'001'000;  // of datagram_of()
constexpr std::uint64_t kDay = 86'400'000;

Datagram received_at(std::span<const std::byte> payload, std::uint64_t milliseconds) {
  auto datagram = datagram_of(payload);
  datagram.received = from_unix_milliseconds(milliseconds);
  return datagram;
}

class TemplateStoreTest : public testing::TestWithParam<ExportProtocol> {
 protected:
  [[nodiscard]] MessageBuilder message() const { return MessageBuilder(GetParam()); }
  [[nodiscard]] bool ipfix() const { return GetParam() == ExportProtocol::kIpfix; }
  [[nodiscard]] Bytes definitions() const {
    // Options 301: the domain samples 1 in 128 (elements 34 and 50).
    return message()
        .define(300, router_template(ipfix()))
        .define_options(301, 1, {{ipfix() ? kIana : kNetflow9Scope, 1, 4}, {kIana, 34, 4}})
        .set(301, joined({integer(0, 4), integer(128, 4)}))
        .finish();
  }
  [[nodiscard]] Bytes data() const {
    return message().set(300, router_record(ipfix(), 1)).finish();
  }

  /// A decoder that knows what another had learnt before a restart, by way of bytes.
  [[nodiscard]] Decoder restarted(std::uint64_t now = kReceived) const {
    Decoder before{{}};
    FlowBatch batch;
    before.decode(datagram_of(definitions()), batch);
    const auto bytes = write_template_store(before.save());
    const auto sessions = read_template_store(bytes);
    EXPECT_TRUE(sessions);
    Decoder after{{}};
    after.restore(*sessions, from_unix_milliseconds(now));
    return after;
  }
};
std::string protocol_name(const testing::TestParamInfo<ExportProtocol>& parameter) {
  return parameter.param == ExportProtocol::kIpfix ? "Ipfix" : "Netflow9";
}
INSTANTIATE_TEST_SUITE_P(Protocols, TemplateStoreTest,
                         testing::Values(ExportProtocol::kNetflow9, ExportProtocol::kIpfix),
                         protocol_name);

TEST_P(TemplateStoreTest, TemplatesAndSamplingLiveThroughARestartAndAreMarked) {
  auto decoder = restarted();
  FlowBatch batch;
  decoder.decode(datagram_of(data()), batch);
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(std::as_const(batch).sampling_rate()[0], 128u);
  EXPECT_EQ(decoder.statistics().provisional_records, 1u);
  EXPECT_EQ(decoder.statistics().templates, 0u) << "restoring is not announcing";
  ASSERT_EQ(decoder.sessions().size(), 1u);
  EXPECT_EQ(decoder.sessions()[0].templates, 2u);
  EXPECT_EQ(decoder.sessions()[0].provisional_templates, 2u);
  EXPECT_EQ(decoder.sessions()[0].sampling_rates, std::vector<std::uint32_t>{128});
}

TEST_P(TemplateStoreTest, ARepeatedAnnouncementConfirms) {
  auto decoder = restarted();
  FlowBatch batch;
  decoder.decode(datagram_of(definitions()), batch);
  decoder.decode(datagram_of(data()), batch);
  EXPECT_EQ(batch.size(), 1u);
  EXPECT_EQ(decoder.statistics().provisional_records, 0u);
  EXPECT_EQ(decoder.sessions()[0].provisional_templates, 0u);
}

TEST_P(TemplateStoreTest, AnotherDefinitionReplacesAtOnce) {
  auto decoder = restarted();
  FlowBatch batch;
  decoder.decode(datagram_of(message().define(300, {{kIana, 8, 4}, {kIana, 12, 4}}).finish()),
                 batch);
  decoder.decode(datagram_of(message().set(300, integer(0x0a00000114000002, 8)).finish()), batch);
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(std::as_const(batch).source_address()[0], IpAddress::from_v4(0x0a000001));
  EXPECT_EQ(decoder.statistics().templates_replaced, 1u);
  EXPECT_EQ(decoder.statistics().provisional_records, 0u);
}

TEST_P(TemplateStoreTest, WhatIsTooOldIsLeftOut) {
  EXPECT_EQ(restarted(kReceived + 3 * kDay).sessions().at(0).templates, 2u);
  EXPECT_EQ(restarted(kReceived + 3 * kDay + 1).sessions().at(0).templates, 0u);
}

TEST_P(TemplateStoreTest, WhatGrowsTooOldUnconfirmedIsDropped) {
  auto decoder = restarted();
  FlowBatch batch;
  decoder.decode(received_at(data(), kReceived + 3 * kDay), batch);
  EXPECT_EQ(batch.size(), 1u);
  decoder.decode(received_at(data(), kReceived + 3 * kDay + 1), batch);
  EXPECT_EQ(batch.size(), 1u);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 1u);
  EXPECT_EQ(decoder.sessions()[0].templates, 1u) << "the options template was not asked for";
}

TEST_P(TemplateStoreTest, WhatIsKnownAlreadyIsNewerAndStays) {
  Decoder decoder{{}};
  FlowBatch batch;
  decoder.decode(datagram_of(message().define(300, {{kIana, 8, 4}}).finish()), batch);
  decoder.restore(restarted().save(), from_unix_milliseconds(kReceived));
  EXPECT_EQ(decoder.sessions().at(0).templates, 1u);
  EXPECT_EQ(decoder.sessions().at(0).provisional_templates, 0u);
}

TEST(TemplateStore, NetflowV5HasNothingToKeep) {
  Decoder decoder{{}};
  FlowBatch batch;
  decoder.decode(datagram_of(netflow5(1, 1, 100)), batch);
  EXPECT_TRUE(decoder.save().empty());
}

TEST(TemplateStore, DefinitionsThatNoExporterCouldAnnounceAreLeftOut) {
  const SessionKey key{IpAddress::from_v4(1), Port{}, ExportProtocol::kIpfix, 0};
  const SavedTemplate no_length{300, kReceived, {{{kIana, 8, 0}}, 0, false}};
  const SavedTemplate no_number{5, kReceived, {{{kIana, 8, 4}}, 0, false}};
  const SavedTemplate too_many{301, kReceived, {{600, {kIana, 8, 4}}, 0, false}};
  const SavedTemplate good{302, kReceived, {{{kIana, 8, 4}}, 0, false}};
  Decoder decoder{{}};
  decoder.restore(
      std::vector<SavedSession>{{key, {no_length, no_number, too_many, good}, {}, {}, {}}},
      from_unix_milliseconds(kReceived));
  EXPECT_EQ(decoder.sessions().at(0).templates, 1u);
}

TEST(TemplateStore, MoreThanTheLimitsAreLeftOut) {
  std::vector<SavedSession> sessions;
  for (std::uint32_t domain = 0; domain < 10; ++domain)
    sessions.push_back({{IpAddress::from_v4(1), Port{}, ExportProtocol::kIpfix, domain},
                        {{300, kReceived, {{{kIana, 8, 4}, {kIana, 12, 4}}, 0, false}}},
                        {},
                        {},
                        {}});
  Decoder::Config few;
  few.limits.sessions = 4;
  Decoder decoder(few);
  decoder.restore(sessions, from_unix_milliseconds(kReceived));
  EXPECT_EQ(decoder.sessions().size(), 4u);
  few.limits.sessions = 100;
  few.limits.template_fields = 6;
  Decoder small(few);
  small.restore(sessions, from_unix_milliseconds(kReceived));
  EXPECT_EQ(small.sessions().size(), 3u);
}

std::vector<SavedSession> some_sessions() {
  SavedSession session{{*IpAddress::parse("2001:db8::1"), Port{4739}, ExportProtocol::kIpfix, 7},
                       {{300, kReceived, router_template(true)}},
                       {64, {{1, 100}, {~0ull, 1000}}, {{3, 10}}},
                       {true, false, 1234},
                       {{3, kReceived, "xe-0/0/3", "東京 A"}, {70'000, 1, "", "core"}}};
  SavedSession other{{IpAddress::from_v4(1), Port{}, ExportProtocol::kNetflow9, 0}, {}, {}, {}, {}};
  other.templates.push_back({301, 1, {{{kNetflow9Scope, 1, 4}, {kIana, 34, 4}}, 1, true}});
  return {session, other};
}

TEST(TemplateStore, ReadsBackWhatItWrote) {
  const auto sessions = some_sessions();
  EXPECT_EQ(read_template_store(write_template_store(sessions)).value(), sessions);
  EXPECT_TRUE(read_template_store(write_template_store({})).value().empty());
}

TEST(TemplateStore, RefusesEveryTruncation) {
  const auto bytes = write_template_store(some_sessions());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(read_template_store(std::span(bytes).first(length))) << length;
}

RC_GTEST_PROP(TemplateStore, RefusesAnyChangedOctet, ()) {
  auto bytes = write_template_store(some_sessions());
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] ^= static_cast<std::byte>(*rc::gen::inRange(1, 256));
  RC_ASSERT(!read_template_store(bytes));
}

}  // namespace
}  // namespace noroshi
