#include "guard/audit/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <map>

#include "base/folder_for_test.h"
#include "guard/audit/chain_for_test.h"
#include "guard/audit/list.h"
#include "guard/audit/new_chain.h"
#include "guard/audit/verify.h"

namespace noroshi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::map<std::string, std::string> files_of(const std::string& tar) {
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
    std::uint64_t size = 0;
    std::from_chars(tar.data() + at + 124, tar.data() + at + 135, size, 8);
    files[tar.data() + at] = tar.substr(at + 512, size);
    at += 512 + (size + 511) / 512 * 512;
  }
  return files;
}

class Bundle : public ::testing::Test {
 protected:
  Bundle() { for_test::write_chain(audit_, 40); }
  static Timestamp second(int number) {
    return for_test::Clock().time + std::chrono::seconds(number);
  }
  Result<AuditBundle> write(const AuditSpan& span) {
    return write_audit_bundle(audit_, span, "", {}, [&](std::string_view piece) {
      tar_ += piece;
      return Status();
    });
  }
  /// Unpacks it beside the audit.
  std::filesystem::path unpack() {
    const auto to = folder_.path() / "unpacked";
    std::filesystem::create_directories(to);
    for (const auto& [name, text] : files_of(tar_))
      for_test::write_file(to / std::filesystem::path(name).filename(), text);
    return to;
  }

  for_test::Folder folder_{for_test::memory_folder()};
  std::filesystem::path audit_ = folder_.path() / "audit";
  std::string tar_;
};

TEST_F(Bundle, HoldsTheWholeChainAndHowToVerifyIt) {
  const auto bundle = write({});
  ASSERT_TRUE(bundle) << bundle.error().message;
  EXPECT_EQ(bundle->entries, 40U);
  EXPECT_EQ(bundle->sha256, sha256(tar_));
  EXPECT_EQ(tar_.size() % 512, 0U);
  const auto files = files_of(tar_);
  EXPECT_THAT(files.at("noroshi-audit/README.txt"), HasSubstr("検証"));
  EXPECT_THAT(files.at("noroshi-audit/README.txt"), HasSubstr("openssl ts -verify"));
  EXPECT_THAT(files.at("noroshi-audit/verify_audit.py"), HasSubstr("hashlib"));
  EXPECT_EQ(files.count("noroshi-audit/before"), 0U);
  const auto seen = verify_audit(unpack());
  EXPECT_TRUE(seen->findings.empty());
  EXPECT_EQ(seen->entries, 40U);
}

TEST_F(Bundle, HoldsThePartOfTheChainThatLiesInItsTime) {
  const auto bundle = write({second(12), second(20)});
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->first, 12U);
  EXPECT_EQ(bundle->last, 20U);
  const auto to = unpack();
  AuditScope scope;
  scope.before = **read_audit_head(to / "before");
  EXPECT_EQ(scope.before->sequence, 11U);
  const auto seen = verify_audit(to, scope);
  EXPECT_TRUE(seen->findings.empty()) << seen->findings.front().english;
  EXPECT_EQ(seen->entries, 9U);
  EXPECT_EQ(seen->head, seen->last);
}

TEST_F(Bundle, SaysThatNothingIsInItsTime) {
  EXPECT_EQ(write({second(100), {}}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(write({{}, second(-100)}).error().code, ErrorCode::kNotFound);
}

TEST_F(Bundle, TakesABrokenChainAlongAsItIs) {
  const auto path = audit_segments(audit_)->back().path;
  auto text = for_test::read_file(path);
  text[text.find("sato")] = 'k';
  for_test::write_file(path, text.substr(0, text.size() - 5));
  ASSERT_TRUE(write({}));
  const auto here = verify_audit(audit_);
  const auto there = verify_audit(unpack());
  ASSERT_EQ(here->findings.size(), there->findings.size());
  for (std::size_t i = 0; i < here->findings.size(); ++i)
    EXPECT_EQ(here->findings[i].english, there->findings[i].english);
}

std::vector<std::uint64_t> listed(const std::filesystem::path& folder, const AuditQuery& query) {
  std::vector<std::uint64_t> sequences;
  const auto done = list_audit(folder, query, {}, [&](std::string_view line) {
    sequences.push_back(read_audit_line(line.substr(0, line.size() - 1))->sequence);
    return Status();
  });
  CHECK(done);
  return sequences;
}

TEST_F(Bundle, ListsWhatIsAskedFor) {
  AuditQuery query;
  query.from = second(38);
  EXPECT_THAT(listed(audit_, query), ElementsAre(38, 39, 40));
  query.to = second(39);
  EXPECT_THAT(listed(audit_, query), ElementsAre(38, 39));
  query.limit = 1;
  EXPECT_THAT(listed(audit_, query), ElementsAre(39));
  query = {};
  query.who = "nobody";
  EXPECT_TRUE(listed(audit_, query).empty());
  query = {};
  query.kind = "read";
  query.purpose = "c2-detection";
  query.who = "sato";
  EXPECT_EQ(listed(audit_, query).size(), 40U);
  query.limit = kMostListed + 1;
  EXPECT_EQ(list_audit(audit_, query, {}, [](std::string_view) { return Status(); }).error().code,
            ErrorCode::kLimit);
}

Audit::Config config_of(const std::filesystem::path& folder) {
  Audit::Config config;
  config.folder = folder;
  config.node = "edge-1";
  return config;
}

TEST_F(Bundle, ANewChainNamesTheBrokenOneAndLeavesItAsItIs) {
  const auto broken = audit_segments(audit_)->back();
  auto text = for_test::read_file(broken.path);
  text.resize(text.size() - 5);
  for_test::write_file(broken.path, text);
  ASSERT_FALSE(Audit::open(config_of(audit_)));
  {
    const auto audit = begin_new_chain(config_of(audit_), "officer", "the disk was changed");
    ASSERT_TRUE(audit) << audit.error().message;
    EXPECT_EQ((*audit)->append(for_test::read_entry(1)), 2U);
  }
  const auto seen = verify_audit(audit_);
  EXPECT_TRUE(seen->is_good());
  EXPECT_EQ(seen->entries, 2U);
  std::string first;
  ASSERT_TRUE(list_audit(audit_, {.kind = "began"}, {}, [&](std::string_view line) {
    first = line;
    return Status();
  }));
  const auto entry = read_audit_line(std::string_view(first).substr(0, first.size() - 1))->entry;
  EXPECT_EQ(entry.who, "officer");
  EXPECT_EQ(entry.what, "the disk was changed");
  const std::map<std::string, std::string> details(entry.details.begin(), entry.details.end());
  EXPECT_EQ(details.at("last_entry"), "39");
  EXPECT_EQ(details.at("head_entry"), "40");
  EXPECT_THAT(details.at("finding"), HasSubstr("entry 40 is cut short"));
  const auto aside = audit_ / details.at("folder");
  EXPECT_EQ(for_test::read_file(aside / broken.name()), text);
  EXPECT_EQ(verify_audit(aside)->last.hash.to_hex(), details.at("last_hash"));
}

TEST_F(Bundle, AWholeChainGivesWayToNoOther) {
  const auto audit = begin_new_chain(config_of(audit_), "officer", "a fresh start");
  ASSERT_FALSE(audit);
  EXPECT_EQ(audit.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(verify_audit(audit_)->entries, 40U);
}

}  // namespace
}  // namespace noroshi
