#include "record/input.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "record/memory_stream.h"

namespace noroshi {
namespace {

Input input_of(const std::string& text, std::size_t step = 7) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return Input(std::make_unique<MemoryStream>(std::vector(begin, begin + text.size()), step));
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Input, PeeksWithoutConsumingAndTakesWhatIsLeft) {
  auto input = input_of("abcdefghijklmnop");
  EXPECT_EQ(text_of(*input.peek(10)), "abcdefghij");
  EXPECT_EQ(text_of(*input.take(3)), "abc");
  EXPECT_EQ(input.position(), 3u);
  EXPECT_EQ(text_of(*input.take(100)), "defghijklmnop");
  EXPECT_TRUE(input.take(1)->empty());
}

TEST(Input, RefusesARequestThatCouldExhaustMemory) {
  auto input = input_of("abc");
  const auto bytes = input.peek(Input::kLargestRequest + 1);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, ErrorCode::kLimit);
}

TEST(Input, TakesLinesWithEitherLineEndAndALastLineWithout) {
  auto input = input_of("one\r\n\ntwo\nthree");
  EXPECT_EQ(input.take_line()->text, "one");
  EXPECT_EQ(input.take_line()->text, "");
  EXPECT_EQ(input.take_line()->text, "two");
  const auto last = input.take_line();
  EXPECT_EQ(last->text, "three");
  EXPECT_FALSE(last->at_end);
  EXPECT_TRUE(input.take_line()->at_end);
  EXPECT_TRUE(input.take_line()->at_end);
}

TEST(Input, CutsALineThatIsTooLongAndSkipsItsRest) {
  auto input = input_of("short\n" + std::string(5000, 'x') + "\nnext\n");
  EXPECT_EQ(input.take_line(10)->text, "short");
  const auto cut = input.take_line(10);
  EXPECT_EQ(cut->text, "xxxxxxxxxx");
  EXPECT_TRUE(cut->too_long);
  const auto next = input.take_line(10);
  EXPECT_EQ(next->text, "next");
  EXPECT_FALSE(next->too_long);
  EXPECT_TRUE(input.take_line(10)->at_end);
}

TEST(Input, ALineOfExactlyTheLimitIsWhole) {
  for (const std::string end : {"\n", "\r\n", ""}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{100}}) {
      auto input = input_of("0123456789" + end, step);
      const auto line = input.take_line(10);
      EXPECT_EQ(line->text, "0123456789");
      EXPECT_FALSE(line->too_long);
      EXPECT_TRUE(input.take_line(10)->at_end);
    }
  }
}

TEST(Input, ATooLongLastLineIsCutAndNothingFollows) {
  auto input = input_of(std::string(100, 'x'), 100);
  EXPECT_TRUE(input.take_line(10)->too_long);
  EXPECT_TRUE(input.take_line(10)->at_end);
}

RC_GTEST_PROP(Input, GivesEveryLineOnceHoweverTheBytesArrive, ()) {
  const auto lines = *rc::gen::container<std::vector<std::string>>(
      rc::gen::container<std::string>(rc::gen::inRange('a', 'd')));
  const auto step = *rc::gen::inRange<std::size_t>(1, 9);
  const auto limit = *rc::gen::inRange<std::size_t>(1, 40);
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  auto input = input_of(text, step);
  for (const auto& expected : lines) {
    const auto line = input.take_line(limit);
    RC_ASSERT(line.has_value());
    RC_ASSERT(!line->at_end);
    RC_ASSERT(line->text == expected.substr(0, limit));
    RC_ASSERT(line->too_long == (expected.size() > limit));
  }
  RC_ASSERT(input.take_line(limit)->at_end);
  RC_ASSERT(input.consumed() == text.size());
}

class FileStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("noroshi_file_stream_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(FileStreamTest, ReadsAFileAndKnowsItsSize) {
  const auto path = folder_ / "file";
  std::ofstream(path) << "hello";
  auto stream = open_stream(path);
  ASSERT_TRUE(stream);
  EXPECT_EQ((*stream)->total(), 5u);
  std::array<std::byte, 16> buffer{};
  EXPECT_EQ(*(*stream)->read(buffer), 5u);
  EXPECT_EQ((*stream)->consumed(), 5u);
  EXPECT_EQ(*(*stream)->read(buffer), 0u);
  EXPECT_EQ((*stream)->damage(), "");
}

TEST_F(FileStreamTest, SaysClearlyWhyItCannotOpen) {
  const auto missing = open_stream(folder_ / "missing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(missing.error().message.starts_with((folder_ / "missing").string() + ": "));

  const auto directory = open_stream(folder_);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, ErrorCode::kInvalidArgument);

  std::ofstream(folder_ / "empty").flush();
  const auto empty = open_stream(folder_ / "empty");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kTruncated);
}

}  // namespace
}  // namespace noroshi
