#include "guard/audit/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "base/folder_for_test.h"
#include "guard/audit/chain_for_test.h"
#include "guard/audit/verify.h"

namespace noroshi {
namespace {

using for_test::read_entry;

Audit::Config config_in(const for_test::Folder& folder, std::uint64_t segment_bytes = 4096) {
  Audit::Config config;
  config.folder = folder.path() / "audit";
  config.node = "edge-1";
  config.segment_bytes = segment_bytes;
  config.subscribers = {*Prefix::parse("198.51.100.0/24"), *Prefix::parse("2001:db8::/32")};
  return config;
}

TEST(Audit, NumbersItsEntriesAndGoesOnWhereItEnded) {
  const for_test::Folder folder;
  for (std::uint64_t life = 0; life < 3; ++life) {
    const auto audit = Audit::open(config_in(folder));
    ASSERT_TRUE(audit) << audit.error().message;
    for (std::uint64_t i = 1; i <= 20; ++i)
      EXPECT_EQ((*audit)->append(read_entry(i)), life * 20 + i);
    EXPECT_EQ((*audit)->statistics().entries, 20U);
    EXPECT_EQ((*audit)->statistics().sequence, life * 20 + 20);
  }
  const auto seen = verify_audit(folder.path() / "audit");
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->is_good());
  EXPECT_EQ(seen->entries, 60U);
  EXPECT_GT(seen->segments, 2U);
}

TEST(Audit, IsOpenInOnePlaceAtATime) {
  const for_test::Folder folder;
  const auto audit = Audit::open(config_in(folder));
  ASSERT_TRUE(audit);
  const auto second = Audit::open(config_in(folder));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

TEST(Audit, IsReadableByItsOwnerAlone) {
  const for_test::Folder folder;
  const auto audit = Audit::open(config_in(folder));
  ASSERT_TRUE((*audit)->append(read_entry(1)));
  namespace fs = std::filesystem;
  EXPECT_EQ(fs::status(folder.path() / "audit").permissions(), fs::perms::owner_all);
  for (const auto& file : fs::directory_iterator(folder.path() / "audit"))
    EXPECT_EQ(file.status().permissions(), fs::perms::owner_read | fs::perms::owner_write)
        << file.path();
}

TEST(Audit, LetsCallersAtTheSameTimeShareTheWaitForTheDisk) {
  const for_test::Folder folder;
  const auto audit = Audit::open(config_in(folder, 1 << 20));
  ASSERT_TRUE(audit);
  constexpr std::uint64_t kEach = 200;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i)
    callers.emplace_back([&] {
      std::uint64_t last = 0;
      for (std::uint64_t j = 0; j < kEach; ++j) {
        const auto sequence = (*audit)->append(read_entry(j));
        ASSERT_TRUE(sequence);
        EXPECT_GT(*sequence, last);
        last = *sequence;
      }
    });
  for (auto& caller : callers) caller.join();
  const auto statistics = (*audit)->statistics();
  EXPECT_EQ(statistics.entries, 8 * kEach);
  EXPECT_EQ(statistics.sequence, 8 * kEach);
  EXPECT_LT(statistics.syncs, statistics.entries);
  const auto seen = verify_audit(folder.path() / "audit");
  EXPECT_TRUE(seen->is_good());
  EXPECT_EQ(seen->entries, 8 * kEach);
}

TEST(Audit, CanBeVerifiedWhileItGrows) {
  const for_test::Folder folder;
  const auto audit = Audit::open(config_in(folder));
  ASSERT_TRUE(audit);
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < 500; ++i) ASSERT_TRUE((*audit)->append(read_entry(i)));
  });
  for (int i = 0; i < 20; ++i) {
    const auto seen =
        verify_audit(folder.path() / "audit", {.end = [&] { return (*audit)->end(); }});
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->findings.empty()) << seen->findings.front().english;
  }
  writer.join();
}

TEST(Audit, RefusesAKindThatIsNotInTheList) {
  const for_test::Folder folder;
  const auto audit = Audit::open(config_in(folder));
  auto entry = read_entry(1);
  entry.kind = "guessed";
  const auto refused = (*audit)->append(entry);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ((*audit)->statistics().failures, 1U);
}

TEST(Audit, RefusesASubscribersAddressInClear) {
  const for_test::Folder folder;
  const auto audit = Audit::open(config_in(folder));
  const auto with = [](const char* text) {
    auto entry = read_entry(1);
    entry.what = text;
    return entry;
  };
  for (const auto* const text :
       {"src ip 198.51.100.7", "198.51.100.7:443", "to 198.51.100.7.", "net 198.51.100.0/25",
        "[2001:db8::7]:80", "host:198.51.100.7", "::ffff:198.51.100.7", "198.51.100.0",
        "64:ff9b::198.51.100.7", "64:ff9b::c633:6407", "2002:c633:6407::1", "2002:c633:6407::/48",
        "(2001:db8:7::/48)"}) {
    const auto refused = (*audit)->append(with(text));
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
    EXPECT_EQ(refused.error().message.find("198.51"), std::string::npos);
  }
  for (const auto* const text : {"src ip ~198.51.100.7", "net 198.51.100.0/24", "192.0.2.1",
                                 "net 198.51.0.0/16", "[~2001:db8::7]:80", "version 1.98.51"})
    EXPECT_TRUE((*audit)->append(with(text))) << text;
  auto detail = read_entry(1);
  detail.details = {{"line", "198.51.100.7"}};
  EXPECT_FALSE((*audit)->append(detail));
  EXPECT_EQ((*audit)->statistics().failures, 14U);
}

TEST(Audit, RefusesAnEntryLongerThanALineMayBe) {
  const for_test::Folder folder;
  const auto audit = Audit::open(config_in(folder));
  auto entry = read_entry(1);
  entry.what.assign(kMostAuditLine, 'x');
  const auto refused = (*audit)->append(entry);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimit);
  EXPECT_EQ((*audit)->append(read_entry(1)), 1U);
}

/// Files of this process may not grow beyond a size while this stands: a full disk, near enough.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST(Audit, FailsOnAFullDiskAndGoesOnOnceThereIsRoom) {
  const for_test::Folder folder;
  const auto audit = Audit::open(config_in(folder, 1 << 20));
  std::uint64_t last = 0;
  {
    const FullDisk full(3000);
    auto written = (*audit)->append(read_entry(1));
    for (; written; written = (*audit)->append(read_entry(1))) last = *written;
    EXPECT_EQ(written.error().code, ErrorCode::kIo);
    EXPECT_GT(last, 3U);
    EXPECT_FALSE((*audit)->append(read_entry(1)));
    EXPECT_EQ((*audit)->statistics().failures, 2U);
    // Nothing of what failed is left.
    EXPECT_TRUE(verify_audit(folder.path() / "audit")->findings.empty());
  }
  EXPECT_EQ((*audit)->append(read_entry(2)), last + 1);
  const auto seen = verify_audit(folder.path() / "audit");
  EXPECT_TRUE(seen->is_good());
  EXPECT_EQ(seen->entries, last + 1);
}

/// The chain as it was with its last two lines cut anywhere, as a power cut may leave it.
class CutAnywhere : public ::testing::Test {
 protected:
  CutAnywhere() {
    for_test::write_chain(audit_, 12, 1 << 20);
    text_ = for_test::read_file(segment_);
    const auto lines = for_test::lines_of(text_);
    keep_ = text_.size() - lines[11].size() - lines[10].size();
    acknowledged_ = {sha256(lines[9]), sha256(lines[10]), sha256(lines[11])};
  }
  /// The head names entry 10, 11 or 12 as the last one acknowledged.
  Result<std::unique_ptr<Audit>> open_with(std::size_t bytes, std::uint64_t head) {
    for_test::write_file(segment_, text_.substr(0, bytes));
    for_test::write_file(audit_ / "head", audit_head_text({head, acknowledged_.at(head - 10)}));
    return Audit::open(config_in(folder_, 1 << 20));
  }
  [[nodiscard]] std::size_t whole_lines(std::size_t bytes) const {
    return static_cast<std::size_t>(
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(bytes), '\n'));
  }

  for_test::Folder folder_{for_test::memory_folder()};
  std::filesystem::path audit_ = folder_.path() / "audit";
  std::filesystem::path segment_ = audit_ / audit_segment_name(1);
  std::string text_;
  std::size_t keep_ = 0;
  std::vector<Digest> acknowledged_;
};

TEST_F(CutAnywhere, IsTakenUpWhereNothingAcknowledgedIsGone) {
  for (auto bytes = keep_; bytes < text_.size(); ++bytes) {
    const auto audit = open_with(bytes, 10);
    ASSERT_TRUE(audit) << bytes << ": " << audit.error().message;
    const auto whole = whole_lines(bytes);
    const bool torn = bytes != keep_ && text_[bytes - 1] != '\n';
    EXPECT_EQ((*audit)->statistics().sequence, whole + (torn ? 1 : 0)) << bytes;
    EXPECT_EQ((*audit)->append(read_entry(1)), whole + (torn ? 2 : 1));
    const auto seen = verify_audit(audit_);
    EXPECT_TRUE(seen->is_intact()) << bytes;
    const auto lines = for_test::lines_of(for_test::read_file(segment_));
    if (!torn) continue;
    EXPECT_NE(lines[whole].find("\"kind\":\"recovered\""), std::string::npos);
  }
}

TEST_F(CutAnywhere, IsRefusedWhereSomethingAcknowledgedIsGone) {
  for (auto bytes = keep_; bytes < text_.size(); ++bytes) {
    const auto before = text_.substr(0, bytes);
    const auto audit = open_with(bytes, 12);
    ASSERT_FALSE(audit) << bytes;
    EXPECT_EQ(audit.error().code, ErrorCode::kMalformed);
    EXPECT_EQ(for_test::read_file(segment_), before) << "evidence is left as it is";
  }
}

TEST(Audit, RefusesToGoOnFromABrokenChainAndLeavesItAsItIs) {
  const for_test::Folder folder;
  for_test::write_chain(folder.path() / "audit", 30);
  const auto segments = audit_segments(folder.path() / "audit");
  auto text = for_test::read_file(segments->back().path);
  text[text.find("sato")] = 'k';
  for_test::write_file(segments->back().path, text);
  const auto audit = Audit::open(config_in(folder));
  ASSERT_FALSE(audit);
  EXPECT_EQ(audit.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(audit.error().message, ::testing::HasSubstr("was altered"));
  EXPECT_EQ(for_test::read_file(segments->back().path), text);
}

}  // namespace
}  // namespace noroshi
