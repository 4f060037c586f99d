#include "decode/export_header.h"

#include <gtest/gtest.h>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

TEST(ExportHeader, SaysWhoExportedAndWhen) {
  const auto v5 = read_export_header(netflow5(1, 1));
  EXPECT_EQ(v5.kind, ExportKind::kNetflow5);
  EXPECT_EQ(v5.observation_domain_id, 0x0203u);
  EXPECT_EQ(v5.export_time, 1'700'000'000'250u);
  const auto v9 = read_export_header(MessageBuilder(ExportProtocol::kNetflow9).finish());
  EXPECT_EQ(v9.kind, ExportKind::kNetflow9);
  EXPECT_EQ(v9.observation_domain_id, 7u);
  EXPECT_EQ(v9.export_time, 1'700'000'000'000u);
  const auto ipfix = read_export_header(MessageBuilder(ExportProtocol::kIpfix).finish());
  EXPECT_EQ(ipfix.kind, ExportKind::kIpfix);
  EXPECT_EQ(ipfix.observation_domain_id, 7u);
  EXPECT_EQ(ipfix.export_time, 1'700'000'000'000u);
  const auto sflow = read_export_header(
      joined({integer(5, 4), integer(2, 4), ipv6(1), integer(9, 4), integer(1, 4)}));
  EXPECT_EQ(sflow.kind, ExportKind::kSflow5);
  EXPECT_EQ(sflow.observation_domain_id, 9u);
  EXPECT_EQ(sflow.export_time, 0u);
}

TEST(ExportHeader, IsUnknownWhenItIsNotWhole) {
  for (const auto& whole : {netflow5(0, 0), MessageBuilder(ExportProtocol::kNetflow9).finish(),
                            MessageBuilder(ExportProtocol::kIpfix).finish()})
    for (std::size_t length = 0; length < whole.size(); ++length)
      EXPECT_EQ(read_export_header(std::span(whole).first(length)).kind, ExportKind::kUnknown);
  EXPECT_EQ(read_export_header(integer(0x0008, 2)).kind, ExportKind::kUnknown);
}

}  // namespace
}  // namespace noroshi
