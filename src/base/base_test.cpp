#include <gtest/gtest.h>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/result.h"
#include "base/time.h"

namespace noroshi {
namespace {

TEST(ByteReader, ReadsNetworkByteOrderAndLittleEndian) {
  ByteWriter writer;
  writer.write_u32(0x01020304);
  writer.write_u32_le(0x01020304);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.read_u32(), 0x01020304u);
  EXPECT_EQ(reader.read_u32_le(), 0x01020304u);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
}

TEST(ByteReader, StaysFailedAfterReadingPastTheEnd) {
  const std::array<std::byte, 3> bytes{std::byte{1}, std::byte{2}, std::byte{3}};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.read_u32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.read_u8(), 0u);
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(ByteReader, FailsBothWhenASectionIsLongerThanTheInput) {
  const std::array<std::byte, 3> bytes{};
  ByteReader reader(bytes);
  auto section = reader.read_section(4);
  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(section.ok());
}

Result<int> half(int value) {
  if (value % 2 != 0) return failure(ErrorCode::kInvalidArgument, "odd");
  return value / 2;
}

Result<int> quarter(int value) { return TRY(half(TRY(half(value)))); }

TEST(Try, ReturnsTheFirstErrorEarly) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().message, "odd");
}

TEST(Time, PrintsRfc3339InUtc) {
  EXPECT_EQ(to_rfc3339(from_unix_milliseconds(1795305600123)), "2026-11-22T00:00:00.123Z");
  EXPECT_EQ(to_rfc3339(from_unix_milliseconds(0)), "1970-01-01T00:00:00.000Z");
}

}  // namespace
}  // namespace noroshi
