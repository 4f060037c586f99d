#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "base/folder_for_test.h"
#include "document/html.h"
#include "document/pdf.h"
#include "guard/audit/chain_for_test.h"
#include "guard/audit/segments.h"
#include "guard/filing/filing_for_test.h"
#include "guard/report/month_collector.h"
#include "guard/report/report_document.h"
#include "guard/report/stop_criteria.h"

namespace noroshi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::chrono::minutes kJapan{540};

/// A chain whose entries are all known beforehand.
class ReportOfAChain : public testing::Test {
 protected:
  ReportOfAChain() {
    Audit::Config config;
    config.folder = folder_.path() / "audit";
    config.node = "edge-1";
    auto opened = Audit::open(std::move(config), std::ref(clock_));
    CHECK(opened);
    audit_ = std::move(*opened);
  }

  /// Both clocks go on until then.
  void at(const char* moment) {
    const auto until = parse_filing_moment(moment).value();
    if (until > clock_.time)
      clock_.uptime += static_cast<std::uint64_t>((until - clock_.time).count());
    clock_.time = until;
  }
  void add(const char* kind, const char* who, const char* purpose, std::string what,
           std::vector<std::pair<std::string, std::string>> details = {}, std::string grant = {},
           std::optional<std::uint64_t> rows = {}, std::string case_id = {}) {
    AuditEntry entry;
    entry.kind = kind;
    entry.who = who;
    entry.purpose = purpose;
    entry.what = std::move(what);
    entry.details = std::move(details);
    entry.grant = std::move(grant);
    entry.rows = rows;
    entry.case_id = std::move(case_id);
    if (entry.kind == "answered") entry.result = sha256(entry.grant).to_hex();
    ASSERT_TRUE(audit_->append(std::move(entry)));
  }
  void read(const char* who, const char* purpose, const char* grant, std::uint64_t rows) {
    add("read", who, purpose, "flows by dstip where dst port 23", {}, grant);
    add("answered", who, purpose, "", {}, grant, rows);
  }
  void drop(std::uint64_t hour, const char* why, std::vector<std::string> cases = {}) {
    const auto from = from_unix_milliseconds(hour * 3'600'000);
    const Deletion deletion{
        "flows", from, from + std::chrono::hours(1), 2'500'000, 91'000'000, why, std::move(cases)};
    ASSERT_TRUE(audit_->append(entry_before(deletion)));
    ASSERT_TRUE(audit_->append(entry_after(deletion, true)));
  }

  void live_through_november() {
    at("2026-10-31T23:00:00+09:00");
    read("sato", "c2-detection", "g0", 9'999);
    add("reveal-asked", "suzuki", "notices", "",
        {{"request", "R1"}, {"person", "鈴木 一郎"}, {"pseudonyms", "1"}}, "", {}, "C1");
    at("2026-11-01T00:00:00+09:00");
    add("policy", "system:guard", "", "/etc/noroshi/policy.toml");
    add("filed", "hanako", "c2-detection", "a filing", {{"act", "filed"}, {"mode", "operation"}});
    read("sato", "c2-detection", "g1", 120);
    read("sato", "c2-detection", "g2", 30);
    read("system:contacts", "c2-detection", "g3", 1'234'567);
    add("export", "sato", "incident-response", "flows into a file where src ip ~198.51.100.7", {},
        "g4", {}, "C1");
    add("answered", "sato", "incident-response", "", {}, "g4", 42);
    add("read", "tanaka", "operations", "flows", {}, "g5");
    add("answered", "tanaka", "operations", "", {{"failed", "4"}}, "g5");
    for (int i = 0; i < 3; ++i)
      add("refused", "tanaka", "research", "single flows where anything",
          {{"reason", "granularity"}});
    add("refused", "suzuki", "", "approve",
        {{"person", "鈴木 一郎"}, {"why", "who asks cannot approve"}});
    add("case", "sato", "", "感染端末への注意喚起", {{"act", "opened"}}, "", {}, "C2");
    add("approved", "hanako", "notices", "", {{"request", "R1"}, {"person", "Hanako"}}, "", {},
        "C1");
    add("revealed", "suzuki", "notices", "",
        {{"request", "R1"}, {"person", "鈴木 一郎"}, {"pseudonyms", "1"}}, "", {}, "C1");
    add("key", "root", "", "a key from 2026-12-01T00:00:00.000Z", {{"act", "rotated"}});
    at("2026-11-20T12:00:00+09:00");
    drop(489'000, "age");
    drop(489'001, "age");
    drop(489'002, "disk-free", {"C1"});
    add("timestamp", "system:audit", "", "",
        {{"covers", "30"}, {"authority", "CN=Test authority"}, {"token", "MAA="}});
    at("2026-12-01T00:00:00+09:00");
    read("sato", "c2-detection", "g9", 77'777);
  }

  MonthlyReport report() {
    MonthCollector collector(ReportMonth::parse("2026-11", kJapan).value());
    EXPECT_TRUE(each_audit_line(
        audit_->folder(), [this] { return audit_->end(); },
        [&](const AuditSegment&, const LineFile::Line& line) -> Status {
          collector.add(TRY(read_audit_line(line.text.substr(0, line.text.size() - 1))));
          return {};
        }));
    auto made = collector.finish();
    made.made = parse_filing_moment("2026-12-01T09:00:00+09:00").value();
    made.made_by = "hanako";
    AuditScope scope;
    scope.end = [this] { return audit_->end(); };
    made.verification = verify_audit(audit_->folder(), scope).value();
    FilingKeeper::InForce filing;
    filing.filing = whole_filing();
    filing.filing.stop_when = {10, 30, 200'000};
    filing.filing.stop_criteria = {"a read outside the purpose", "苦情を受けたとき"};
    filing.filed_by = "hanako";
    filing.filed = kFilingNow - std::chrono::days(10);
    made.filing = filing;
    made.measures = {1'500.4, 1, made.made - std::chrono::days(2)};
    made.flows_a_second_known = true;
    return made;
  }

  static ReportNames names() {
    return {{{"sato", "佐藤 花子"}, {"hanako", "Hanako"}},
            {{"c2-detection", {"C&Cサーバの検知", "finding C&C servers"}}},
            {{"c2-detection", {"正当業務行為", "legitimate business act"}}}};
  }

  for_test::Folder folder_;
  for_test::Clock clock_;
  std::unique_ptr<Audit> audit_;
};

TEST(ReportMonth, IsAsLongAsTheCalendarOfItsOffsetSays) {
  const auto month = ReportMonth::parse("2026-12", kJapan);
  ASSERT_TRUE(month);
  EXPECT_EQ(to_rfc3339(month->from()), "2026-11-30T15:00:00.000Z");
  EXPECT_EQ(to_rfc3339(month->to()), "2026-12-31T15:00:00.000Z");
  EXPECT_EQ(month->to_string(), "2026-12");
  EXPECT_EQ(ReportMonth::of(month->from(), kJapan).to_string(), "2026-12");
  EXPECT_EQ(ReportMonth::of(month->to(), kJapan).to_string(), "2027-01");
  for (const char* text : {"", "2026", "2026-13", "2026-00", "2026-1", "26-11", "2026/11",
                           "1969-12", "2026-11-01", "２０２６"})
    EXPECT_FALSE(ReportMonth::parse(text, kJapan)) << text;
}

TEST_F(ReportOfAChain, CountsTheMonthAndNothingElse) {
  live_through_november();
  const auto made = report();
  std::vector<std::string> reads;
  for (const auto& each : made.reads)
    reads.push_back(each.purpose + " " + each.account + " " + std::to_string(each.reads) + " " +
                    std::to_string(each.rows) + " " + std::to_string(each.exports) + " " +
                    std::to_string(each.failed));
  EXPECT_THAT(reads, ElementsAre("c2-detection sato 2 150 0 0",
                                 "c2-detection system:contacts 1 1234567 0 0",
                                 "incident-response sato 1 42 1 0", "operations tanaka 1 0 0 1"));
  ASSERT_THAT(made.refusals, SizeIs(2));
  EXPECT_EQ(made.refusals[0].reason, "who asks cannot approve");
  EXPECT_EQ(made.refusals[1].times, 3u);
  ASSERT_THAT(made.exports, SizeIs(1));
  EXPECT_EQ(made.exports[0].rows, 42u);
  EXPECT_EQ(made.exports[0].result, sha256("g4").to_hex());
  EXPECT_THAT(made.keys, SizeIs(1));
  EXPECT_THAT(made.policies, SizeIs(1));
  EXPECT_THAT(made.filings, SizeIs(1));
}

TEST_F(ReportOfAChain, FollowsARequestThatWasMadeTheMonthBefore) {
  live_through_november();
  const auto made = report();
  ASSERT_THAT(made.reveals, SizeIs(1));
  const auto& reveal = made.reveals[0];
  EXPECT_EQ(reveal.asked_by, "鈴木 一郎");
  EXPECT_FALSE(reveal.asked);
  EXPECT_TRUE(reveal.shown);
  EXPECT_THAT(reveal.approved_by, ElementsAre("Hanako"));
}

TEST_F(ReportOfAChain, SumsDeletionsAndNamesThoseThatBrokeAHold) {
  live_through_november();
  const auto made = report();
  ASSERT_THAT(made.deletions, SizeIs(2));
  EXPECT_EQ(made.deletions[0].why, "age");
  EXPECT_EQ(made.deletions[0].partitions, 2u);
  EXPECT_EQ(made.deletions[0].bytes, 182'000'000u);
  ASSERT_THAT(made.breaches, SizeIs(1));
  EXPECT_THAT(made.breaches[0].cases, ElementsAre("C1"));
}

TEST_F(ReportOfAChain, AFloodOfRefusalsIsCountedNotListed) {
  at("2026-11-05");
  for (std::size_t i = 0; i < MonthCollector::kMostListed + 5; ++i)
    add("refused", "mallory", "x", "", {{"reason", "r" + std::to_string(i)}});
  const auto made = report();
  EXPECT_THAT(made.refusals, SizeIs(MonthCollector::kMostListed));
  EXPECT_EQ(made.left_out.at("refusals"), 5u);
}

TEST_F(ReportOfAChain, SaysHowFarTheStopCriteriaAre) {
  const auto distances = stop_distances(report());
  ASSERT_THAT(distances, SizeIs(4));
  EXPECT_EQ(distances[0].code, "until");
  EXPECT_EQ(distances[0].distance.en, "91 days left");
  EXPECT_EQ(distances[1].distance.en, "9 below");
  EXPECT_EQ(distances[2].now.en, "2");
  EXPECT_EQ(distances[3].distance.en, "198500 below");
  auto reached = report();
  reached.measures.reveals = 11;
  EXPECT_TRUE(stop_distances(reached)[1].reached);
  reached.filing.reset();
  EXPECT_THAT(stop_distances(reached), SizeIs(0));
}

TEST_F(ReportOfAChain, NamesWhatVerificationFound) {
  live_through_november();
  auto text = for_test::read_file(audit_segments(audit_->folder())->front().path);
  text.replace(text.find("\"sato\""), 6, "\"sito\"");
  for_test::write_file(audit_segments(audit_->folder())->front().path, text);
  EXPECT_THAT(to_html(document_of(report(), names(), Language::kEnglish)),
              HasSubstr("broken or altered"));
}

/// tests/golden/report holds what is expected; NOROSHI_REWRITE_GOLDEN=1 writes it anew.
TEST_F(ReportOfAChain, ReadsAsItsGoldenFiles) {
  const char* const source = std::getenv("NOROSHI_SOURCE");
  ASSERT_NE(source, nullptr) << "set by ctest";
  live_through_november();
  const auto made = report();
  const auto folder = std::filesystem::path(source) / "tests/golden/report";
  const std::pair<const char*, std::string> files[] = {
      {"report.ja.html", to_html(document_of(made, names(), Language::kJapanese))},
      {"report.en.html", to_html(document_of(made, names(), Language::kEnglish))},
      {"report.json", report_as_json(made, names())}};
  for (const auto& [name, text] : files) {
    const char* const rewrite = std::getenv("NOROSHI_REWRITE_GOLDEN");
    if (rewrite != nullptr && std::string_view(rewrite) == "1")
      for_test::write_file(folder / name, text);
    EXPECT_EQ(for_test::read_file(folder / name), text) << name;
  }
  for (const auto language : {Language::kJapanese, Language::kEnglish}) {
    const auto pdf = to_pdf(document_of(made, names(), language));
    ASSERT_TRUE(pdf) << pdf.error().message;
    EXPECT_GE(pdf->pages, 2u);
    if (const char* const kept = std::getenv("NOROSHI_KEEP_PDF"))
      for_test::write_file(
          std::string(kept) + (language == Language::kJapanese ? "ja" : "en") + ".pdf", pdf->bytes);
  }
}

}  // namespace
}  // namespace noroshi
