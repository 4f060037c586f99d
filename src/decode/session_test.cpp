#include "decode/session.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

Bytes defining(std::uint16_t id, std::size_t fields = 1) {
  return MessageBuilder(ExportProtocol::kNetflow9)
      .define(id, std::vector<FieldSpecifier>(fields, {kIana, 2, 1}))
      .finish();
}
Bytes using_template(std::uint16_t id) {
  return MessageBuilder(ExportProtocol::kNetflow9).set(id, integer(1, 1)).finish();
}
Datagram from(std::uint32_t exporter, std::span<const std::byte> payload,
              std::uint16_t port = 2055) {
  auto datagram = datagram_of(payload);
  datagram.exporter = IpAddress::from_v4(exporter);
  datagram.exporter_port = Port{port};
  return datagram;
}

TEST(SessionTable, ForgetsTheTemplateUnusedTheLongest) {
  Decoder::Config config;
  config.limits.templates_per_session = 3;
  Decoder decoder(config);
  FlowBatch batch;
  for (std::uint16_t id = 300; id < 303; ++id) decoder.decode(from(1, defining(id)), batch);
  decoder.decode(from(1, using_template(300)), batch);
  decoder.decode(from(1, defining(303)), batch);
  EXPECT_EQ(decoder.statistics().templates_evicted, 1u);
  decoder.decode(from(1, using_template(300)), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 0u);
  decoder.decode(from(1, using_template(301)), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 1u);
}

TEST(SessionTable, ForgetsTheSessionUnusedTheLongest) {
  Decoder::Config config;
  config.limits.sessions = 2;
  Decoder decoder(config);
  FlowBatch batch;
  decoder.decode(from(1, defining(300)), batch);
  decoder.decode(from(2, defining(300)), batch);
  decoder.decode(from(1, using_template(300)), batch);
  decoder.decode(from(3, defining(300)), batch);
  EXPECT_EQ(decoder.statistics().sessions_evicted, 1u);
  decoder.decode(from(1, using_template(300)), batch);
  EXPECT_EQ(decoder.statistics().flows, 2u);
  decoder.decode(from(2, using_template(300)), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 1u);
}

TEST(SessionTable, BoundsTheTemplatesOfAllSessionsTogether) {
  Decoder::Config config;
  config.limits.template_fields = 1'000;
  Decoder decoder(config);
  FlowBatch batch;
  for (std::uint32_t exporter = 1; exporter <= 30; ++exporter)
    decoder.decode(from(exporter, defining(300, 100)), batch);
  EXPECT_EQ(decoder.statistics().sessions_evicted, 20u);
  decoder.decode(from(30, using_template(300)), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 0u)
      << "the newest is never the one to go";
}

TEST(SessionTable, LetsASessionThatDefinesWithoutEndPushOutItsOwnTemplates) {
  Decoder::Config config;
  config.limits.template_fields_per_session = 1'000;
  Decoder decoder(config);
  FlowBatch batch;
  decoder.decode(from(1, defining(300, 100)), batch);
  for (std::uint16_t number = 300; number < 330; ++number)
    decoder.decode(from(2, defining(number, 100)), batch);
  EXPECT_EQ(decoder.statistics().templates_evicted, 20u);
  EXPECT_EQ(decoder.statistics().sessions_evicted, 0u);
  decoder.decode(from(1, using_template(300)), batch);
  decoder.decode(from(2, using_template(329)), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 0u);
  decoder.decode(from(2, using_template(300)), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 1u);
}

TEST(SessionTable, KeepsATemplateWhenItsExporterChangesItsPort) {
  Decoder decoder({});
  FlowBatch batch;
  decoder.decode(from(1, defining(300), 50'000), batch);
  decoder.decode(from(1, using_template(300), 50'001), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 0u);
}

TEST(SessionTable, TellsSessionsApartByPortWhereConfigured) {
  Decoder::Config config;
  config.port_in_session_key = true;
  Decoder decoder(config);
  FlowBatch batch;
  decoder.decode(from(1, defining(300), 50'000), batch);
  decoder.decode(from(1, using_template(300), 50'001), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 1u);
}

TEST(SessionTable, KeepsProtocolsApart) {
  Decoder decoder({});
  FlowBatch batch;
  decoder.decode(from(1, defining(300)), batch);
  const auto ipfix = MessageBuilder(ExportProtocol::kIpfix).set(300, integer(1, 1)).finish();
  decoder.decode(from(1, ipfix), batch);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownTemplate), 1u);
}

TEST(Decoder, CountsWhatIsNoExport) {
  Decoder decoder({});
  FlowBatch batch;
  EXPECT_FALSE(decoder.decode(datagram_of({}), batch));
  EXPECT_FALSE(decoder.decode(datagram_of(Bytes(1)), batch));
  EXPECT_FALSE(decoder.decode(datagram_of(Bytes(64)), batch));
  EXPECT_FALSE(decoder.decode(datagram_of(integer(0x0007'0000, 4)), batch));
  EXPECT_EQ(decoder.statistics().of(Undecodable::kTruncatedHeader), 2u);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kUnknownVersion), 2u);
  EXPECT_EQ(decoder.statistics().datagrams, 0u);
}

}  // namespace
}  // namespace noroshi
