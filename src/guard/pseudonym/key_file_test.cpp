#include "guard/pseudonym/key_file.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <vector>

#include "guard/pseudonym/keys_for_test.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kNow = 498'000;  // 2026-10-24T00Z

using for_test::KeyFolder;

std::vector<std::byte> derived(const KeySource& source, const std::string& id,
                               std::string_view label) {
  const auto secret = source.derive(id, label);
  if (!secret) return {};
  return {secret->bytes().begin(), secret->bytes().end()};
}

TEST(Hkdf, IsTwoHmacsAsRfc5869HasIt) {
  Secret secret;
  std::ranges::fill(secret.fill(), std::byte{0x0b});
  const std::array<unsigned char, 32> salt{};
  std::array<unsigned char, 32> input{};
  input.fill(0x0b);
  std::array<unsigned char, 32> extracted{};
  std::array<unsigned char, 32> expanded{};
  unsigned length = 0;
  ASSERT_NE(::HMAC(::EVP_sha256(), salt.data(), 32, input.data(), 32, extracted.data(), &length),
            nullptr);
  const std::string info = "label\x01";
  const std::vector<unsigned char> text(info.begin(), info.end());
  ASSERT_NE(::HMAC(::EVP_sha256(), extracted.data(), 32, text.data(), text.size(), expanded.data(),
                   &length),
            nullptr);
  const auto key = hkdf_sha256(secret, "label");
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(key.bytes()[i], std::byte{expanded[i]});
}

TEST(KeyFile, IsReadAsItWasWrittenAndBelongsToItsOwnerAlone) {
  const KeyFolder folder;
  auto file = KeyFile::create(kNow);
  const auto second = file.rotate(kNow + 100, kNow);
  ASSERT_TRUE(second.has_value());
  ASSERT_TRUE(file.write(folder.file()).has_value());
  struct stat status {};
  ASSERT_EQ(::stat(folder.file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);

  const auto again = KeyFile::read(folder.file());
  ASSERT_TRUE(again.has_value()) << again.error().message;
  ASSERT_EQ(again->keys().size(), 2u);
  EXPECT_EQ(again->keys()[0].from, 0u);
  EXPECT_EQ(again->keys()[0].until, kNow + 100);
  EXPECT_EQ(again->keys()[1].id, *second);
  EXPECT_EQ(again->key_of(kNow + 99).id, again->keys()[0].id);
  EXPECT_EQ(again->key_of(kNow + 100).id, *second);
  for (const auto& key : file.keys())
    EXPECT_EQ(derived(*again, key.id, "a"), derived(file, key.id, "a"));
  EXPECT_NE(derived(file, *second, "a"), derived(file, *second, "b"));
  EXPECT_NE(derived(file, *second, "a"), derived(file, file.keys()[0].id, "a"));
}

TEST(KeyFile, IsRefusedWhereOthersCouldReadIt) {
  const KeyFolder folder;
  ASSERT_TRUE(KeyFile::create(kNow).write(folder.file()).has_value());
  for (const mode_t mode : {0640u, 0604u, 0610u}) {
    ASSERT_EQ(::chmod(folder.file().c_str(), mode), 0);
    const auto read = KeyFile::read(folder.file());
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code, ErrorCode::kPermission);
  }
}

TEST(KeyFile, LeavesNothingOfARetiredSecretInTheFile) {
  const KeyFolder folder;
  auto file = KeyFile::create(kNow);
  const auto first = file.keys()[0].id;
  ASSERT_TRUE(file.write(folder.file()).has_value());
  const auto content = [&] {
    std::ifstream in(folder.file());
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto at = content().find("secret = \"") + 10;
  const auto secret = content().substr(at, 64);
  // The old file is still open here, as a backup program might have it: overwritten too.
  std::ifstream old(folder.file());

  ASSERT_TRUE(file.rotate(kNow + 100, kNow).has_value());
  ASSERT_TRUE(file.retire(first, kNow + 200).has_value());
  ASSERT_TRUE(file.write(folder.file()).has_value());
  EXPECT_EQ(content().find(secret), std::string::npos);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(old), {}).find(secret), std::string::npos);

  const auto again = KeyFile::read(folder.file());
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->keys()[0].retired, kNow + 200);
  const auto gone = again->derive(first, "a");
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
}

TEST(KeyFile, RotatesAheadOfTimeAndNotTooOften) {
  auto file = KeyFile::create(kNow);
  EXPECT_FALSE(file.rotate(kNow + KeyFile::kLeadHours - 1, kNow).has_value());
  ASSERT_TRUE(file.rotate(kNow + KeyFile::kLeadHours, kNow).has_value());
  const auto next = kNow + KeyFile::kLeadHours + KeyFile::kLeastHours;
  EXPECT_FALSE(file.rotate(next - 1, kNow).has_value());
  EXPECT_TRUE(file.rotate(next, kNow).has_value());
}

TEST(KeyFile, DoesNotRetireWhatIsStillInUse) {
  auto file = KeyFile::create(kNow);
  const auto first = file.keys()[0].id;
  EXPECT_FALSE(file.retire(first, kNow).has_value());
  EXPECT_FALSE(file.retire("unknown", kNow).has_value());
  ASSERT_TRUE(file.rotate(kNow + 10, kNow).has_value());
  EXPECT_FALSE(file.retire(first, kNow + 10 + KeyFile::kLateHours - 1).has_value());
  EXPECT_TRUE(file.retire(first, kNow + 10 + KeyFile::kLateHours).has_value());
  EXPECT_FALSE(file.retire(first, kNow + 1000).has_value());
}

TEST(KeyFile, SaysWhichLineIsWrongAndNeverShowsASecret) {
  const std::string secret(64, 'a');
  const auto refused = [](const std::string& text) {
    const auto parsed = KeyFile::parse(text, "keys");
    return parsed ? std::string("accepted") : parsed.error().message;
  };
  const auto key = [&](const std::string& id, const std::string& from) {
    return "[[key]]\nid = \"" + id + "\"\nfrom = \"" + from + "\"\nsecret = \"" + secret + "\"\n";
  };
  EXPECT_EQ(refused(key("a", "1970-01-01T00Z")), "accepted");
  EXPECT_EQ(refused(""), "keys: no [[key]] in it");
  EXPECT_EQ(refused("[[key]]\nid = 7\n"), "keys:2: a text in quotes is expected");
  EXPECT_EQ(refused("[[key]]\nid = \"A\"\n"), "keys:2: an id is of small letters, digits and '-'");
  EXPECT_EQ(refused("[[key]]\nfrom = \"2026-02-30T00Z\"\n"),
            "keys:2: an hour in UTC is expected, such as 2026-11-22T15Z");
  EXPECT_EQ(refused("[[key]]\nid = \"a\"\nsecret = \"" + secret + "aa\"\n"),
            "keys:3: a secret is 64 digits of 0-9 and a-f");
  EXPECT_EQ(refused("[[key]]\nsecret = \"" + secret + "\"\n"),
            "keys:2: a secret comes once, after the id");
  EXPECT_EQ(refused(key("a", "2026-01-01T00Z")), "keys: the first key begins at 1970-01-01T00Z");
  EXPECT_EQ(refused(key("a", "1970-01-01T00Z") + key("b", "1970-01-02T00Z")),
            "keys: b begins less than 48 hours after the one before");
  EXPECT_EQ(refused("[[key]]\nid = \"a\"\nfrom = \"1970-01-01T00Z\"\n"),
            "keys: a has neither or both of a secret and 'retired'");
  EXPECT_EQ(refused(key("a", "1970-01-01T00Z") + "colour = \"red\"\n"),
            "keys:5: only id, from, retired and secret are known");
}

}  // namespace
}  // namespace noroshi
