#include "record/compressed_stream.h"

#include <bzlib.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "record/memory_stream.h"
#include "record/recording.h"

namespace noroshi {
namespace {

std::unique_ptr<ByteStream> stream_of(const std::string& text, std::size_t step) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return std::make_unique<MemoryStream>(std::vector(begin, begin + text.size()), step);
}
std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
  std::string result(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<unsigned>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<unsigned>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

std::string zstd(const std::string& text) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string result(ZSTD_compressBound(text.size()), '\0');
  result.resize(ZSTD_compress2(context, result.data(), result.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return result;
}

std::string bzip2(const std::string& text) {
  std::string result(text.size() + text.size() / 50 + 700, '\0');
  auto length = static_cast<unsigned>(result.size());
  BZ2_bzBuffToBuffCompress(result.data(), &length, const_cast<char*>(text.data()),
                           static_cast<unsigned>(text.size()), 1, 0, 0);
  result.resize(length);
  return result;
}

std::string xz(const std::string& text) {
  std::string result(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t length = 0;
  lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, nullptr,
                          reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                          reinterpret_cast<std::uint8_t*>(result.data()), &length, result.size());
  result.resize(length);
  return result;
}

struct Form {
  const char* name;
  std::string (*compress)(const std::string& text);
};
constexpr std::array kForms{Form{"gzip", gzip}, Form{"zstd", zstd}, Form{"bzip2", bzip2},
                            Form{"xz", xz}};

struct Outcome {
  std::string text;
  std::string damage;
};

Outcome read_all(const std::string& bytes, std::size_t step = 100'000, std::size_t room = 4096) {
  auto stream = decompressed(stream_of(bytes, step));
  EXPECT_TRUE(stream);
  Outcome outcome;
  std::vector<std::byte> buffer(room);
  while (true) {
    const auto got = (*stream)->read(buffer);
    EXPECT_TRUE(got);
    if (!got || *got == 0) break;
    outcome.text.append(reinterpret_cast<const char*>(buffer.data()), *got);
  }
  EXPECT_EQ(*(*stream)->read(buffer), 0u) << "the end must stay the end";
  outcome.damage = (*stream)->damage();
  return outcome;
}

std::string varied_text(std::size_t length) {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < length) {
    state = state * 1664525u + 1013904223u;
    text += "flow " + std::to_string(state >> 20) + "\n";
  }
  text.resize(length);
  return text;
}

TEST(CompressedStream, LeavesOtherBytesAlone) {
  const auto outcome = read_all("plain text", 3);
  EXPECT_EQ(outcome.text, "plain text");
  EXPECT_EQ(outcome.damage, "");
  EXPECT_EQ(read_all("").text, "");
  EXPECT_EQ(read_all("BZh9 but nothing of the kind").text, "BZh9 but nothing of the kind");
}

TEST(CompressedStream, ReadsEveryFormInPiecesOfAnySize) {
  const auto text = varied_text(300'000);
  for (const auto& form : kForms) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, std::size_t{1'000'000}}) {
      const auto outcome = read_all(form.compress(text), step, 977);
      EXPECT_EQ(outcome.text, text) << form.name;
      EXPECT_EQ(outcome.damage, "") << form.name;
    }
  }
}

TEST(CompressedStream, ReadsSeveralMembersAsOneAndPaddingAsNothing) {
  for (const auto& form : kForms) {
    const auto bytes = form.compress("first ") + form.compress("") + form.compress("second");
    const auto outcome = read_all(bytes + std::string(512, '\0'));
    EXPECT_EQ(outcome.text, "first second") << form.name;
    EXPECT_EQ(outcome.damage, "") << form.name;
  }
}

TEST(CompressedStream, SaysThatSomethingElseFollows) {
  for (const auto& form : kForms) {
    const auto outcome = read_all(form.compress("whole") + "and then a stranger");
    EXPECT_EQ(outcome.text, "whole") << form.name;
    EXPECT_EQ(outcome.damage, "garbage_after_compression") << form.name;
  }
}

TEST(CompressedStream, UnwrapsTwoLayersAndNoMore) {
  EXPECT_EQ(read_all(gzip(zstd("inside"))).text, "inside");
  const auto third = bzip2("inside");
  EXPECT_EQ(read_all(gzip(xz(third))).text, third);
}

TEST(CompressedStream, GivesWhatATruncatedStreamHoldsAndSaysSo) {
  const auto text = varied_text(400'000);
  for (const auto& form : kForms) {
    const auto whole = form.compress(text);
    const auto outcome = read_all(whole.substr(0, whole.size() * 3 / 4));
    EXPECT_EQ(outcome.damage, "truncated_compression") << form.name;
    EXPECT_GT(outcome.text.size(), text.size() / 4) << form.name;
    EXPECT_EQ(outcome.text, text.substr(0, outcome.text.size())) << form.name;
  }
}

TEST(CompressedStream, FindsADamagedChecksum) {
  for (const auto& form : kForms) {
    auto bytes = form.compress(varied_text(50'000));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
    EXPECT_EQ(read_all(bytes).damage, "damaged_compression") << form.name;
  }
}

TEST(CompressedStream, RefusesAZstandardWindowBeyondTheLimit) {
  // Frame header (RFC 8878 §3.1.1.1): window descriptor with exponent 31, far above the limit.
  const std::string bytes("\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00 padding", 18);
  const auto outcome = read_all(bytes);
  EXPECT_EQ(outcome.text, "");
  EXPECT_EQ(outcome.damage, "oversized_compression");
}

TEST(CompressedStream, ALayerCutShortBelowIsWhatTheReaderHears) {
  const auto inner = gzip(varied_text(100'000));
  const auto outer = zstd(inner);
  EXPECT_EQ(read_all(outer.substr(0, outer.size() / 2)).damage, "truncated_compression");
}

RC_GTEST_PROP(CompressedStream, NeverEndsCleanWithoutAllOfTheContent, ()) {
  const auto& form = kForms[*rc::gen::inRange<std::size_t>(0, kForms.size())];
  const auto text = varied_text(*rc::gen::inRange<std::size_t>(1, 3000));
  const auto whole = form.compress(text);
  const auto cut = *rc::gen::inRange<std::size_t>(std::size_t{10}, whole.size());
  const auto outcome = read_all(whole.substr(0, cut), *rc::gen::inRange<std::size_t>(1, 50));
  RC_ASSERT(outcome.damage == "truncated_compression");
  RC_ASSERT(text.starts_with(outcome.text));
}

TEST(OpenRecording, SaysThatNothingCanBeDecompressed) {
  const auto recording = open_recording(stream_of(gzip("text").substr(0, 5), 100), "a.gz", {});
  ASSERT_FALSE(recording);
  EXPECT_EQ(recording.error().message,
            "a.gz: nothing of it can be decompressed (truncated_compression)");
}

}  // namespace
}  // namespace noroshi
