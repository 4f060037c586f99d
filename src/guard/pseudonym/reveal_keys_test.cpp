#include "guard/pseudonym/reveal_keys.h"

#include <gtest/gtest.h>

#include "guard/pseudonym/key_file.h"
#include "guard/pseudonym/keys_for_test.h"

namespace noroshi {
namespace {

using for_test::address;
using for_test::KeyFolder;
using for_test::prefixes;

constexpr std::uint64_t kNow = 498'000;  // 2026-10-24T00Z
constexpr Timestamp kMoment = from_unix_milliseconds(kNow * 3'600'000 + 1);

TEST(RevealKeys, GoTheWayBackThatTheBookGoes) {
  const KeyFolder folder;
  const auto keys = KeyFile::create(kNow);
  ASSERT_TRUE(keys.write(folder.file()));
  ASSERT_TRUE(write_blocks(folder.file(), prefixes({"198.51.100.0/24"})));
  auto book = PseudonymBook::read(folder.file()).value();
  const auto pseudonym = book.pseudonym_of(address("198.51.100.7"), kNow).value();
  RevealKeys reveal(folder.file());
  EXPECT_EQ(reveal.address_of(pseudonym, kMoment).value(), address("198.51.100.7"));
  EXPECT_EQ(reveal.address_of(address("198.51.100.7"), kMoment).error().code,
            ErrorCode::kInvalidArgument);
}

TEST(RevealKeys, HashUnderTheNewestKeyAndNameIt) {
  const KeyFolder folder;
  auto keys = KeyFile::create(kNow);
  const auto second = keys.rotate(kNow + 100, kNow).value();
  ASSERT_TRUE(keys.write(folder.file()));
  RevealKeys reveal(folder.file());
  const auto hash = reveal.keyed_hash("R1 ~198.51.100.7 198.51.100.9\n").value();
  EXPECT_TRUE(hash.starts_with(second + ":")) << hash;
  EXPECT_EQ(hash.size(), second.size() + 1 + 64);
  EXPECT_EQ(reveal.keyed_hash("R1 ~198.51.100.7 198.51.100.9\n").value(), hash);
  EXPECT_NE(reveal.keyed_hash("R1 ~198.51.100.7 198.51.100.8\n").value(), hash);
}

TEST(RevealKeys, SayThatThereAreNone) {
  const KeyFolder folder;
  RevealKeys reveal(folder.file());
  EXPECT_EQ(reveal.address_of(address("198.51.100.7").marked(), kMoment).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(reveal.keyed_hash("x").error().code, ErrorCode::kNotFound);
}

TEST(RevealKeys, TakeAnotherFileAtOnce) {
  const KeyFolder first;
  const KeyFolder second;
  ASSERT_TRUE(KeyFile::create(kNow).write(first.file()));
  ASSERT_TRUE(KeyFile::create(kNow).write(second.file()));
  RevealKeys reveal(first.file());
  const auto hash = reveal.keyed_hash("x").value();
  reveal.replace(second.file());
  EXPECT_NE(reveal.keyed_hash("x").value(), hash);
}

}  // namespace
}  // namespace noroshi
