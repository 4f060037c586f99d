#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "store/cluster/answer_tail.h"
#include "store/cluster/cluster_engine.h"
#include "store/cluster/gzip.h"
#include "store/cluster/native_block.h"

namespace noroshi {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(NativeBlock, HoldsCountsThenNameTypeAndValuesOfEachColumn) {
  const std::vector<std::uint16_t> ports{53, 0x1234};
  const std::vector<std::uint32_t> offsets{0, 2, 5};
  Block block{.table = "flows", .rows = 2, .columns = {}};
  block.columns.push_back(
      {"source_port", StoredType::kUInt16, std::as_bytes(std::span(ports)).data(), nullptr});
  block.columns.push_back({"note", StoredType::kBytes, bytes_of("abcde").data(), offsets.data()});
  EXPECT_EQ(text_of(encode_native(block)), std::string("\x02\x02\x0bsource_port\x06UInt16") +
                                               std::string("\x35\x00\x34\x12", 4) +
                                               "\x04note\x06String\x02" + "ab" + "\x03" + "cde");
  EXPECT_EQ(insert_statement(block), "INSERT INTO noroshi.flows (source_port, note) FORMAT Native");
}

TEST(NativeBlock, WritesLongCountsInSevenBitGroups) {
  const std::vector<std::uint8_t> values(300);
  Block block{.table = "flows", .rows = 300, .columns = {}};
  block.columns.push_back(
      {"kind", StoredType::kUInt8, std::as_bytes(std::span(values)).data(), nullptr});
  EXPECT_EQ(text_of(encode_native(block)).substr(0, 3), "\x01\xac\x02");
}

TEST(Gzip, MakesAGzipMember) {
  const auto packed = gzip(bytes_of(std::string(10'000, 'a')));
  EXPECT_LT(packed.size(), 200u);
  EXPECT_EQ(text_of(packed).substr(0, 3), "\x1f\x8b\x08");
}

RC_GTEST_PROP(AnswerTail, HandsOnEveryByteWhateverThePieces, ()) {
  std::string sent;
  std::string seen;
  const AnswerTail::Sink sink = [&](std::span<const std::byte> bytes) -> Status {
    seen += text_of(bytes);
    return {};
  };
  AnswerTail tail(sink);
  for (const auto length :
       *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 60'000))) {
    const std::string piece(length, static_cast<char>('a' + sent.size() % 26));
    sent += piece;
    RC_ASSERT(tail.take(bytes_of(piece)).has_value());
  }
  RC_ASSERT(tail.end().has_value());
  RC_ASSERT(seen == sent);
}

TEST(AnswerTail, TakesAnExceptionBehindTheRowsForWhatItIs) {
  std::string seen;
  const AnswerTail::Sink sink = [&](std::span<const std::byte> bytes) -> Status {
    seen += text_of(bytes);
    return {};
  };
  AnswerTail tail(sink);
  ASSERT_TRUE(tail.take(bytes_of(std::string(100'000, 'x'))));
  ASSERT_TRUE(tail.take(bytes_of("Code: 241, e.displayText() = DB::Exception: Memory limit")));
  const auto ended = tail.end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(seen.find("Code"), std::string::npos);
}

TEST(ClusterEngine, RefusesConfigurationsThatCannotBe) {
  const auto code_of = [](ClusterEngine::Config config) {
    const auto engine = ClusterEngine::open(std::move(config));
    return engine ? ErrorCode::kIo : engine.error().code;
  };
  EXPECT_EQ(code_of({.shards = {}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of({.shards = {{}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of({.shards = {{"ftp://127.0.0.1"}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of({.cluster = "a'b", .shards = {{"http://127.0.0.1"}}}),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of({.shards = {{"http://127.0.0.1"}}, .password_file = "/no/such/file"}),
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace noroshi
