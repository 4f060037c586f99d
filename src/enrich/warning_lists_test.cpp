#include "enrich/warning_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace noroshi {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

IpAddress address(const char* text) { return *IpAddress::parse(text); }

std::shared_ptr<const WarningList> list_of(const char* name, WarningClass kind,
                                           std::initializer_list<const char*> prefixes) {
  WarningList list{name, kind, {}};
  for (const auto* prefix : prefixes) list.prefixes.push_back(*Prefix::parse(prefix));
  return std::make_shared<const WarningList>(std::move(list));
}

TEST(WarningList, ReadsNetworksAndSingleAddressesOfBothFamilies) {
  const auto prefixes = parse_warning_list(
      R"({"name":"x","type":"cidr","version":3,"list":["192.0.2.0/24","198.51.100.7","2001:db8::/32"]})");
  ASSERT_TRUE(prefixes) << prefixes.error().message;
  ASSERT_EQ(prefixes->size(), 3u);
  EXPECT_EQ((*prefixes)[1].to_string(), Prefix::parse("198.51.100.7")->to_string());
}

TEST(WarningList, RefusesWhatIsNone) {
  for (const auto* text : {"", "[", "[]", "{}", R"({"list":3})", R"({"list":["example.org"]})",
                           R"({"list":[7]})", R"({"list":["192.0.2.0/33"]})"}) {
    const auto prefixes = parse_warning_list(text);
    ASSERT_FALSE(prefixes) << text;
    EXPECT_EQ(prefixes.error().code, ErrorCode::kMalformed) << text;
  }
  EXPECT_THAT(parse_warning_list(R"({"list":["192.0.2.1","example.org"]})").error().message,
              HasSubstr("entry 2 is no address or network: \"example.org\""));
}

TEST(WarningList, IsBounded) {
  std::string text = R"({"list":["192.0.2.1")";
  for (std::size_t i = 0; i < kMostWarningEntries; ++i) text += R"(,"192.0.2.1")";
  EXPECT_EQ(parse_warning_list(text + "]}").error().code, ErrorCode::kLimit);
}

TEST(WarningLists, TheLongestPrefixOfItsClassCounts) {
  const WarningLists lists({list_of("cloud", WarningClass::kSoft, {"192.0.2.0/24"}),
                            list_of("vpn", WarningClass::kSoft, {"192.0.2.128/25"}),
                            list_of("sinkholes", WarningClass::kRelabel, {"192.0.2.129"})});
  EXPECT_EQ(lists.find(WarningClass::kSoft, address("192.0.2.1"))->name, "cloud");
  EXPECT_EQ(lists.find(WarningClass::kSoft, address("192.0.2.129"))->name, "vpn");
  EXPECT_EQ(lists.find(WarningClass::kRelabel, address("192.0.2.129"))->name, "sinkholes");
  EXPECT_EQ(lists.find(WarningClass::kRelabel, address("192.0.2.130")), nullptr);
  EXPECT_EQ(lists.find(WarningClass::kHard, address("192.0.2.129")), nullptr);
  EXPECT_EQ(WarningLists().find(WarningClass::kHard, address("2001:db8::1")), nullptr);
}

class WatchedWarningList : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/warning-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ + "/list.json";
    files_.emplace(std::vector<WarningFiles::File>{{"resolvers", path_, WarningClass::kHard}});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& text) const { std::ofstream(path_) << text; }
  bool refresh() {
    errors_.clear();
    return files_->refresh([this](const Error& error) { errors_.push_back(error.message); });
  }
  [[nodiscard]] bool holds(const char* text) const {
    return files_->current()->find(WarningClass::kHard, address(text)) != nullptr;
  }

  std::string folder_;
  std::string path_;
  std::optional<WarningFiles> files_;
  std::vector<std::string> errors_;
};

TEST_F(WatchedWarningList, IsReadAgainWhenItsFileChanges) {
  write(R"({"list":["192.0.2.1"]})");
  EXPECT_TRUE(refresh());
  EXPECT_TRUE(holds("192.0.2.1"));
  EXPECT_FALSE(refresh()) << "nothing has changed";
  const auto before = files_->current();
  write(R"({"list":["192.0.2.100","192.0.2.101"]})");
  EXPECT_TRUE(refresh());
  EXPECT_FALSE(holds("192.0.2.1"));
  EXPECT_TRUE(holds("192.0.2.101"));
  EXPECT_NE(before->find(WarningClass::kHard, address("192.0.2.1")), nullptr)
      << "who is asking goes on with what he has";
  EXPECT_EQ(files_->statistics().loaded, 2u);
  EXPECT_EQ(files_->statistics().entries, 2u);
}

TEST_F(WatchedWarningList, StaysWhatItWasWhenItsFileIsBadAndSaysSoOnce) {
  write(R"({"list":["192.0.2.1"]})");
  EXPECT_TRUE(refresh());
  write(R"({"list":["not an address"]})");
  EXPECT_FALSE(refresh());
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_THAT(errors_[0], HasSubstr(path_ + ": no warning list"));
  EXPECT_FALSE(refresh());
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_TRUE(holds("192.0.2.1"));
  EXPECT_EQ(files_->statistics().failed, 1u);
  std::filesystem::remove(path_);
  EXPECT_FALSE(refresh());
  EXPECT_EQ(errors_.size(), 1u);
  EXPECT_TRUE(holds("192.0.2.1"));
}

TEST_F(WatchedWarningList, IsForgottenWhenItIsNamedNoMore) {
  write(R"({"list":["192.0.2.1"]})");
  EXPECT_TRUE(refresh());
  files_->configure({});
  EXPECT_TRUE(refresh());
  EXPECT_FALSE(holds("192.0.2.1"));
  EXPECT_EQ(files_->statistics().entries, 0u);
}

}  // namespace
}  // namespace noroshi
