#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

Bytes flows(ExportProtocol protocol) {
  const bool milliseconds = protocol == ExportProtocol::kIpfix;
  return MessageBuilder(protocol)
      .define(300, router_template(milliseconds))
      .set(300, router_record(milliseconds, 1))
      .finish();
}

TEST(LooksLikeExport, AcceptsEveryProtocol) {
  EXPECT_TRUE(looks_like_export(netflow5(30, 30)));
  EXPECT_TRUE(looks_like_export(flows(ExportProtocol::kNetflow9)));
  EXPECT_TRUE(looks_like_export(flows(ExportProtocol::kIpfix)));
  const auto sflow = joined({integer(5, 4), integer(1, 4), integer(0xc0000201, 4), Bytes(12),
                             integer(1, 4), integer(2, 4), integer(8, 4), Bytes(8)});
  EXPECT_TRUE(looks_like_export(sflow));
}

TEST(LooksLikeExport, AcceptsNetflow5WhoseCountIsWrong) {
  EXPECT_TRUE(looks_like_export(netflow5(30, 0xd91e))) << "so that it is counted as undecodable";
  EXPECT_TRUE(looks_like_export(joined({netflow5(2, 2), Bytes(60, std::byte{1})})));
}

TEST(LooksLikeExport, AcceptsMessagesWhoseEndIsDamaged) {
  for (const auto protocol : {ExportProtocol::kNetflow9, ExportProtocol::kIpfix}) {
    auto payload = flows(protocol);
    payload.resize(payload.size() - 5);
    EXPECT_TRUE(looks_like_export(payload));
    EXPECT_TRUE(looks_like_export(joined({flows(protocol), Bytes(40)})));
  }
}

TEST(LooksLikeExport, RefusesOtherBytesThatBeginAlike) {
  EXPECT_FALSE(looks_like_export({}));
  for (const unsigned version : {0u, 5u, 9u, 10u})
    for (const int fill : {0, 1, 0x41, 0xff}) {
      const auto payload = joined({integer(version, 2), Bytes(200, static_cast<std::byte>(fill))});
      EXPECT_FALSE(looks_like_export(payload)) << version << " " << fill;
    }
  auto reserved = MessageBuilder(ExportProtocol::kIpfix).set(77, Bytes(8)).finish();
  EXPECT_FALSE(looks_like_export(reserved));
  EXPECT_FALSE(looks_like_export(MessageBuilder(ExportProtocol::kNetflow9).finish()));
}

}  // namespace
}  // namespace noroshi
