#include "guard/audit/time_stamp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/folder_for_test.h"
#include "guard/audit/authority_for_test.h"
#include "guard/audit/base64.h"
#include "guard/audit/chain_for_test.h"
#include "guard/audit/verify.h"

namespace noroshi {
namespace {

using ::testing::HasSubstr;

class TimeStamps : public ::testing::Test {
 protected:
  TimeStamps() { authority_.write_certificate(folder_.path() / "ca.pem"); }

  [[nodiscard]] TimeStampTrust trust() const {
    return std::move(*TimeStampTrust::read(folder_.path() / "ca.pem"));
  }
  [[nodiscard]] std::string token(const Digest& digest) const {
    const auto request = make_time_stamp_request(digest);
    return trust().check_response(authority_.answer(request.der), request)->token;
  }

  for_test::Folder folder_{for_test::memory_folder()};
  for_test::Authority authority_;
};

TEST_F(TimeStamps, AreTakenFromAnAnswerAndHoldOffline) {
  const auto request = make_time_stamp_request(sha256("line\n"));
  const auto stamp = trust().check_response(authority_.answer(request.der), request);
  ASSERT_TRUE(stamp) << stamp.error().message;
  EXPECT_EQ(stamp->authority, "CN=Test authority");
  EXPECT_EQ(stamp->serial, "2A");
  const auto age = std::chrono::system_clock::now() - stamp->time;
  EXPECT_LT(age, std::chrono::minutes(1));
  EXPECT_GT(age, -std::chrono::minutes(1));
  const auto checked = trust().check_token(stamp->token, sha256("line\n"));
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->time, stamp->time);
}

TEST_F(TimeStamps, AreRefusedOverAnotherHash) {
  const auto request = make_time_stamp_request(sha256("one"));
  const auto other = make_time_stamp_request(sha256("other"));
  const auto stamp = trust().check_response(authority_.answer(other.der), request);
  ASSERT_FALSE(stamp);
  EXPECT_EQ(stamp.error().code, ErrorCode::kPermission);
  const auto checked = trust().check_token(token(sha256("one")), sha256("other"));
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("imprint"));
}

TEST_F(TimeStamps, AreRefusedWithAnotherNonce) {
  const auto request = make_time_stamp_request(sha256("one"));
  const auto again = make_time_stamp_request(sha256("one"));
  EXPECT_NE(request.der, again.der);
  const auto stamp = trust().check_response(authority_.answer(again.der), request);
  ASSERT_FALSE(stamp);
  EXPECT_EQ(stamp.error().code, ErrorCode::kPermission);
  EXPECT_THAT(stamp.error().message, HasSubstr("nonce"));
}

TEST_F(TimeStamps, AreRefusedFromAnAuthorityWeDoNotTrust) {
  const for_test::Authority stranger("Test authority");
  const auto request = make_time_stamp_request(sha256("one"));
  const auto stamp = trust().check_response(stranger.answer(request.der), request);
  ASSERT_FALSE(stamp);
  EXPECT_EQ(stamp.error().code, ErrorCode::kPermission);
}

TEST_F(TimeStamps, AreRefusedWhenAnyOctetOfThemIsChanged) {
  const auto good = token(sha256("one"));
  const auto trusted = trust();
  const auto time = trusted.check_token(good, sha256("one"))->time;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < good.size(); i += 3) {
    auto changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    const auto checked = trusted.check_token(changed, sha256("one"));
    if (!checked) ++refused;
    // The certificate it carries is not what is trusted, so parts of that may change.
    EXPECT_TRUE(!checked || checked->time == time) << i;
  }
  EXPECT_GT(refused, good.size() / 6);
}

TEST_F(TimeStamps, AreNotMadeOfGarbage) {
  const auto request = make_time_stamp_request(sha256("one"));
  for (const auto& text : {std::string(), std::string("<html>"), std::string(100'000, '0'),
                           std::string("\x30\x03\x02\x01\x02", 5)})
    EXPECT_FALSE(trust().check_response(text, request));
  EXPECT_EQ(trust().check_response("", request).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(trust().check_token("junk", sha256("one")).error().code, ErrorCode::kMalformed);
}

TEST_F(TimeStamps, NeedCertificatesThatCanBeRead) {
  EXPECT_EQ(TimeStampTrust::read(folder_.path() / "none.pem").error().code, ErrorCode::kNotFound);
  for_test::write_file(folder_.path() / "empty.pem", "nothing\n");
  EXPECT_EQ(TimeStampTrust::read(folder_.path() / "empty.pem").error().code, ErrorCode::kMalformed);
}

/// A chain with a time stamp in it, made now.
class StampedChain : public TimeStamps {
 protected:
  /// Entries, the time stamp of the last of them, and entries.
  void write(std::chrono::seconds before, std::chrono::seconds after,
             const std::function<void(AuditEntry&)>& change = {}) {
    for_test::Clock clock;
    clock.time =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + before;
    Audit::Config config;
    config.folder = audit_;
    config.node = "edge-1";
    const auto audit = Audit::open(std::move(config), std::ref(clock));
    for (int i = 0; i < 5; ++i) CHECK((*audit)->append(for_test::read_entry(1)));
    const auto head = (*audit)->end().head;
    AuditEntry stamp;
    stamp.kind = "timestamp";
    stamp.details = {{"covers", std::to_string(head.sequence)},
                     {"hash", head.hash.to_hex()},
                     {"token", encode_base64(token(head.hash))}};
    if (change) change(stamp);
    CHECK((*audit)->append(stamp));
    clock.time += after;
    for (int i = 0; i < 5; ++i) CHECK((*audit)->append(for_test::read_entry(1)));
  }
  [[nodiscard]] AuditVerification verify() const {
    AuditScope scope;
    scope.check_token = [trusted = std::make_shared<TimeStampTrust>(trust())](
                            std::string_view token, const Digest& digest) -> Result<Timestamp> {
      return TRY(trusted->check_token(token, digest)).time;
    };
    return *verify_audit(audit_, scope);
  }

  std::filesystem::path audit_ = folder_.path() / "audit";
};

TEST_F(StampedChain, SaysUpToWhereItIsCovered) {
  write({}, {});
  const auto seen = verify();
  EXPECT_TRUE(seen.findings.empty()) << seen.findings.front().english;
  EXPECT_EQ(seen.time_stamps, 1U);
  EXPECT_EQ(seen.time_stamps_unchecked, 0U);
  EXPECT_EQ(seen.covered, 5U);
  const auto unchecked = verify_audit(audit_);
  EXPECT_EQ(unchecked->time_stamps_unchecked, 1U);
  EXPECT_EQ(unchecked->covered, 0U);
}

TEST_F(StampedChain, NamesATimeStampThatDoesNotCoverWhatItSays) {
  write({}, {}, [](AuditEntry& stamp) { stamp.details[0].second = "4"; });
  const auto seen = verify();
  ASSERT_EQ(seen.findings.size(), 1U);
  EXPECT_EQ(seen.findings[0].fault, AuditFault::kTimeStamp);
  EXPECT_EQ(seen.findings[0].first, 6U);
}

TEST_F(StampedChain, NamesATokenThatIsNotOverTheHashItSays) {
  write({}, {}, [&](AuditEntry& stamp) {
    stamp.details[2].second = encode_base64(token(sha256("another")));
  });
  const auto seen = verify();
  ASSERT_EQ(seen.findings.size(), 1U);
  EXPECT_EQ(seen.findings[0].fault, AuditFault::kTimeStamp);
  EXPECT_THAT(seen.findings[0].english, HasSubstr("does not hold"));
}

TEST_F(StampedChain, NamesATimeStampThatCannotBeRead) {
  write({}, {}, [](AuditEntry& stamp) { stamp.details[2].second = "=oops"; });
  const auto seen = verify();
  ASSERT_EQ(seen.findings.size(), 1U);
  EXPECT_EQ(seen.findings[0].fault, AuditFault::kTimeStamp);
}

TEST_F(StampedChain, NamesEntriesWhoseClockWasAheadOfTheAuthority) {
  write(std::chrono::minutes(5), std::chrono::seconds(0));
  const auto seen = verify();
  ASSERT_EQ(seen.findings.size(), 1U);
  EXPECT_EQ(seen.findings[0].fault, AuditFault::kClock);
  EXPECT_THAT(seen.findings[0].english, HasSubstr("after the time stamp"));
}

TEST_F(StampedChain, NamesEntriesBehindItWhoseClockWasBehindTheAuthority) {
  write(-std::chrono::minutes(5), std::chrono::seconds(0));
  const auto seen = verify();
  ASSERT_FALSE(seen.findings.empty());
  EXPECT_EQ(seen.findings[0].fault, AuditFault::kClock);
  EXPECT_THAT(seen.findings[0].english, HasSubstr("before the time stamp"));
}

TEST(Base64, SaysTheSameWhenReadBackAndTakesOneSpelling) {
  for (const std::string text : {"", "a", "ab", "abc", "abcd", "\xff\xfe\x00\x01"})
    EXPECT_EQ(decode_base64(encode_base64(text)), text);
  EXPECT_EQ(encode_base64("狼煙"), "54u854WZ");
  for (const auto* const text : {"a", "ab==c", "YQ", "YR==", "Y===", "YWI=YWI=", "YW I="})
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace noroshi
