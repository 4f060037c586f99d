#include "guard/audit/line.h"

#include <gtest/gtest.h>

#include "guard/audit/chain_for_test.h"

namespace noroshi {
namespace {

RecordedEntry example() {
  RecordedEntry recorded;
  recorded.sequence = 7;
  recorded.moment = for_test::Clock()();
  recorded.node = "edge-1";
  recorded.previous = sha256("before");
  recorded.entry = for_test::read_entry(15);
  recorded.entry.case_id = "2026-11/3";
  recorded.entry.result = sha256("result").to_hex();
  return recorded;
}

TEST(AuditLine, IsSpeltAsTheReferenceSays) {
  RecordedEntry recorded = example();
  recorded.entry = {};
  recorded.entry.kind = "opened";
  EXPECT_EQ(audit_line(recorded),
            "{\"sequence\":7,\"time\":\"2026-11-02T10:00:01.000Z\",\"node\":\"edge-1\","
            "\"boot\":\"5d1b6b4e-1d3c-4b55-a2a5-0f6f1a6f9f10\",\"uptime\":6000,\"previous\":\"" +
                sha256("before").to_hex() + "\",\"kind\":\"opened\"}\n");
}

TEST(AuditLine, SaysTheSameWhenReadBack) {
  const auto recorded = example();
  auto line = audit_line(recorded);
  line.pop_back();
  const auto read = read_audit_line(line);
  ASSERT_TRUE(read) << line;
  EXPECT_EQ(read->sequence, recorded.sequence);
  EXPECT_EQ(read->moment.time, recorded.moment.time);
  EXPECT_EQ(read->moment.boot, recorded.moment.boot);
  EXPECT_EQ(read->moment.uptime_milliseconds, recorded.moment.uptime_milliseconds);
  EXPECT_EQ(read->node, recorded.node);
  EXPECT_EQ(read->previous, recorded.previous);
  EXPECT_EQ(read->entry, recorded.entry);
}

TEST(AuditLine, WritesControlCharactersAndBrokenUtf8AsJsonAllows) {
  auto recorded = example();
  recorded.entry.what = std::string("a\x01\"\\\n") + "\xff" + "\xe3\x81" + "\xed\xa0\x80" + "狼煙";
  auto line = audit_line(recorded);
  EXPECT_NE(line.find("a\\u0001\\\"\\\\\\u000a\xef\xbf\xbd"), std::string::npos) << line;
  EXPECT_EQ(line.find('\xff'), std::string::npos);
  EXPECT_NE(line.find("狼煙"), std::string::npos);
  line.pop_back();
  EXPECT_TRUE(read_audit_line(line));
}

TEST(AuditLine, FindsADetailByItsName) {
  const auto line = audit_line(example());
  const auto scanned = scan_audit_line(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(scanned);
  EXPECT_EQ(audit_detail(*scanned, "granularity"), "pseudonyms");
  EXPECT_EQ(audit_detail(*scanned, "理由"), "\"調査\"\n");
  EXPECT_EQ(audit_detail(*scanned, "token"), "");
}

TEST(AuditLine, TakesNoOtherSpelling) {
  auto line = audit_line(example());
  line.pop_back();
  ASSERT_TRUE(scan_audit_line(line));
  // Without any one of its octets it is another text, or none; never two spellings of one.
  for (std::size_t i = 0; i < line.size(); ++i) {
    auto shorter = line;
    shorter.erase(i, 1);
    const auto read = read_audit_line(shorter);
    EXPECT_TRUE(!read || audit_line(*read) == shorter + "\n") << shorter;
  }
  EXPECT_FALSE(scan_audit_line(line + " "));
  EXPECT_FALSE(scan_audit_line(""));
  EXPECT_FALSE(scan_audit_line("{}"));
}

TEST(AuditLine, TakesNoTimeThatCannotBe) {
  auto line = audit_line(example());
  line.pop_back();
  const auto at = line.find("2026-11-02");
  for (const auto* const time : {"2026-13-02", "2026-02-30", "2026-00-01", "20260-1-02"})
    EXPECT_FALSE(scan_audit_line(std::string(line).replace(at, 10, time))) << time;
}

}  // namespace
}  // namespace noroshi
