#include "record/lzo1x.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "encode/lzo1x.h"

namespace noroshi {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

void append(Bytes& bytes, std::string_view text) {
  for (const char letter : text) bytes.push_back(static_cast<std::byte>(letter));
}

Bytes bytes_of(std::string_view text) {
  Bytes bytes;
  append(bytes, text);
  return bytes;
}

Result<std::string> decompress(const Bytes& compressed, std::size_t room = 1 << 20) {
  Bytes output(room);
  auto outcome = lzo1x_decompress(compressed, output);
  TRY(outcome.status);
  return std::string(reinterpret_cast<const char*>(output.data()), outcome.written);
}

ErrorCode code_of(const Bytes& compressed, std::size_t room = 1 << 20) {
  const auto text = decompress(compressed, room);
  EXPECT_FALSE(text);
  return text ? ErrorCode::kIo : text.error().code;
}

constexpr std::initializer_list<int> kEnd{0x11, 0, 0};

Bytes ended(Bytes bytes) {
  for (const int value : kEnd) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(Lzo1x, AnEndMarkerAloneIsAnEmptyBlock) { EXPECT_EQ(*decompress(bytes_of(kEnd)), ""); }

TEST(Lzo1x, ReadsAnOpeningRunOfLiterals) {
  auto block = bytes_of({17 + 5});
  append(block, "hello");
  EXPECT_EQ(*decompress(ended(block)), "hello");
}

TEST(Lzo1x, ReadsALongRunWhoseLengthIsSpeltOut) {
  const std::string text(18 + 255 + 7, 'x');
  auto block = bytes_of({0, 0, 7});
  append(block, text);
  EXPECT_EQ(*decompress(ended(block)), text);
}

TEST(Lzo1x, AMatchThatRunsIntoItselfRepeatsAPattern) {
  auto block = bytes_of({17 + 4});
  append(block, "abcd");
  // 001LLLLL: 2 + 14 bytes from distance 4.
  const auto match = bytes_of({32 | 14, 3 << 2, 0});
  block.insert(block.end(), match.begin(), match.end());
  EXPECT_EQ(*decompress(ended(block)), "abcdabcdabcdabcdabcd");
}

TEST(Lzo1x, LowInstructionsMeanWhatTheLiteralsBeforeThemSay) {
  // After one to three literals: two bytes from within 1 KiB, here distance 2, one literal after.
  auto block = bytes_of({17 + 2});
  append(block, "ab");
  auto more = bytes_of({0 | 1 << 2 | 1, 0, 'c'});
  block.insert(block.end(), more.begin(), more.end());
  EXPECT_EQ(*decompress(ended(block)), "ababc");

  // After a run of four or more: three bytes from beyond 2 KiB.
  const std::string text = "xyz" + std::string(2046, '-');
  block = bytes_of({0, 0, 0, 0, 0, 0, 0, 0, 2049 - 18 - 7 * 255});
  append(block, text);
  more = bytes_of({0, 0});
  block.insert(block.end(), more.begin(), more.end());
  EXPECT_EQ(*decompress(ended(block)), text + "xyz");
}

TEST(Lzo1x, RefusesAReferenceBeforeTheBeginning) {
  auto block = bytes_of({17 + 4});
  append(block, "abcd");
  const auto match = bytes_of({32 | 1, 4 << 2, 0});
  block.insert(block.end(), match.begin(), match.end());
  EXPECT_EQ(code_of(ended(block)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(ended(bytes_of({0x11, 4, 0}))), ErrorCode::kMalformed);
}

TEST(Lzo1x, RefusesWhatFollowsTheEnd) {
  EXPECT_EQ(code_of(bytes_of({0x11, 0, 0, 0})), ErrorCode::kMalformed);
}

TEST(Lzo1x, SaysWhenABlockEndsEarlyAtEveryCut) {
  const auto whole = lzo1x_compress(
      bytes_of(std::string(300, 'a') + "bcdefghij" + std::string(30'000, 'z') + "bcdefghij"));
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    EXPECT_EQ(code_of(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut))),
              ErrorCode::kTruncated)
        << cut;
}

TEST(Lzo1x, NeverWritesMoreThanItsRoom) {
  const std::string text(5000, 'q');
  const auto whole = lzo1x_compress(bytes_of(text));
  EXPECT_EQ(*decompress(whole, 5000), text);
  EXPECT_EQ(code_of(whole, 4999), ErrorCode::kLimit);
  // A length of zero bytes beyond counting.
  Bytes bomb = bytes_of({17 + 1, 'a', 32});
  bomb.resize(bomb.size() + 100'000);
  bomb.push_back(std::byte{1});
  bomb.resize(bomb.size() + 2);
  EXPECT_EQ(code_of(ended(bomb)), ErrorCode::kLimit);
}

TEST(Lzo1x, CompressesWhatRepeatsNearMiddlingAndFar) {
  for (const std::size_t gap : {10u, 1000u, 2048u, 2049u, 16'383u, 16'384u, 16'385u, 32'767u,
                                32'768u, 32'769u, 49'000u, 49'151u, 49'152u, 60'000u}) {
    std::string text = "a phrase worth finding again, of some length";
    std::uint32_t state = 7;
    while (text.size() < gap) text.push_back(static_cast<char>((state = state * 69069 + 1) >> 24));
    text += text.substr(0, 44);
    const auto compressed = lzo1x_compress(bytes_of(text));
    ASSERT_TRUE(decompress(compressed)) << gap;
    EXPECT_EQ(*decompress(compressed), text) << gap;
  }
}

RC_GTEST_PROP(Lzo1x, WhatIsCompressedComesBack, ()) {
  const auto alphabet = *rc::gen::inRange(2, 256);
  const auto values = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::map(
      rc::gen::inRange(0, alphabet), [](int v) { return static_cast<std::uint8_t>(v); }));
  const auto repeats = *rc::gen::inRange(1, 60);
  Bytes input;
  for (int i = 0; i < repeats; ++i)
    for (const auto value : values) input.push_back(static_cast<std::byte>(value ^ (i % 7 == 0)));
  Bytes output(input.size());
  const auto outcome = lzo1x_decompress(lzo1x_compress(input), output);
  RC_ASSERT(outcome.status.has_value());
  RC_ASSERT(outcome.written == input.size());
  RC_ASSERT(output == input);
}

RC_GTEST_PROP(Lzo1x, SurvivesAnyDamage, ()) {
  auto block = lzo1x_compress(bytes_of(std::string(200, 'a') + "xyzxyzxyz" + std::string(90, 'b')));
  const auto changes = *rc::gen::inRange(1, 6);
  for (int i = 0; i < changes; ++i)
    block[*rc::gen::inRange<std::size_t>(0, block.size())] = *rc::gen::map(
        rc::gen::inRange(0, 256), [](int value) { return static_cast<std::byte>(value); });
  Bytes output(1000);
  const auto outcome = lzo1x_decompress(block, output);
  RC_ASSERT(outcome.written <= output.size());
}

}  // namespace
}  // namespace noroshi
