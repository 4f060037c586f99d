#include "guard/report/report_document.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>

#include "guard/audit/kinds.h"
#include "guard/policy/policy.h"
#include "guard/report/stop_criteria.h"
#include "guard/retention/deletion.h"

namespace noroshi {
namespace {

using Table = Document::Table;
using Column = Document::Table::Column;

/// "1,234,567".
std::string number(std::uint64_t value) {
  const auto digits = fmt::format("{}", value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string size_in_words(std::uint64_t bytes) {
  if (bytes < 10'000) return number(bytes) + " B";
  if (bytes < 10'000'000) return number(bytes / 1000) + " kB";
  if (bytes < 10'000'000'000) return number(bytes / 1'000'000) + " MB";
  return number(bytes / 1'000'000'000) + " GB";
}

/// Builds the document, section by section.
class Writer {
 public:
  Writer(const MonthlyReport& report, const ReportNames& names, Language language)
      : report_(report), names_(names), language_(language) {}

  Document write() {
    document_.language = language_;
    document_.made = report_.made;
    document_.title = fmt::format(fmt::runtime(words("通信の秘密の保護に関する月次報告 {}",
                                                     "Secrecy of communications: report for {}")),
                                  report_.month.to_string());
    document_.subtitle = fmt::format(
        fmt::runtime(words("ノード {}。作成 {}（{}）、作成者 {}。期間 {} から {} の前まで。",
                           "Node {}. Made {} ({}) by {}. From {} to before {}.")),
        report_.node.empty() ? "—" : report_.node, time(report_.made),
        offset_in_words(report_.month.utc_offset), person(report_.made_by),
        day(report_.month.from()), day(report_.month.to()));
    document_.footer =
        fmt::format(fmt::runtime(words("Noroshi 月次報告 {}。監査記録 {} 件目まで、ハッシュ {}",
                                       "Noroshi report {}. Audit up to entry {}, hash {}")),
                    report_.month.to_string(), report_.verification.last.sequence,
                    report_.verification.last.hash.to_hex());
    filing();
    stop_criteria();
    reads();
    refusals();
    reveals();
    exports();
    deletions();
    keys();
    audit();
    document_.signatures = {
        words("通信の秘密・個人情報の責任者（署名・日付）", "Privacy officer (signature, date)"),
        words("責任者（署名・日付）", "Responsible person (signature, date)")};
    return std::move(document_);
  }

 private:
  [[nodiscard]] const char* words(const char* japanese, const char* english) const {
    return language_ == Language::kJapanese ? japanese : english;
  }
  [[nodiscard]] std::string time(Timestamp moment) const {
    return local_time(moment, report_.month.utc_offset);
  }
  [[nodiscard]] std::string day(Timestamp moment) const {
    return local_day(moment, report_.month.utc_offset);
  }
  /// Name and account; the account alone where the policy does not name anybody.
  [[nodiscard]] std::string person(const std::string& account) const {
    if (account.starts_with("system:"))
      return fmt::format(fmt::runtime(words("プログラム自身（{}）", "the program itself ({})")),
                         account.substr(7));
    const auto found = names_.persons.find(account);
    return found == names_.persons.end() ? account : fmt::format("{} ({})", found->second, account);
  }
  [[nodiscard]] std::string purpose(const std::string& name) const {
    if (name.empty()) return words("（目的の明示なし）", "(none stated)");
    const auto found = names_.purposes.find(name);
    return found == names_.purposes.end()
               ? name
               : fmt::format("{}\n{}", found->second.in(language_), name);
  }
  [[nodiscard]] std::string kind(const ReportedEvent& event) const {
    const auto* const found = find_audit_kind(event.kind);
    if (found == nullptr) return event.kind;
    return std::string(language_ == Language::kJapanese ? found->japanese : found->english);
  }

  void section(const char* japanese, const char* english) {
    document_.sections.push_back({words(japanese, english), {}});
  }
  void say(std::string text, bool warning = false) {
    auto& paragraph =
        document_.sections.back().blocks.emplace_back().emplace<Document::Paragraph>();
    paragraph.text = std::move(text);
    paragraph.warning = warning;
  }
  void say_left_out(const std::string& list) {
    const auto found = report_.left_out.find(list);
    if (found == report_.left_out.end()) return;
    say(fmt::format(fmt::runtime(words("ほかに {} 件（監査記録にあり）。",
                                       "And {} more, which the audit lists.")),
                    number(found->second)),
        true);
  }
  void add(Table table) {
    document_.sections.back().blocks.emplace_back().emplace<Table>(std::move(table));
  }
  void add(Document::Facts facts) {
    document_.sections.back().blocks.emplace_back().emplace<Document::Facts>(std::move(facts));
  }
  void none() { say(words("なし。", "None.")); }

  void filing() {
    section("1. 届出", "1. The filing");
    if (!report_.filing) {
      say(words("有効な届出はない。ライブのフローは収集されない。",
                "None is in force. No live flows are collected."),
          true);
    } else {
      const auto& in_force = *report_.filing;
      const auto& filed = in_force.filing;
      Document::Facts facts;
      const auto fact = [&](const char* japanese, const char* english, std::string said) {
        facts.facts.emplace_back(words(japanese, english), std::move(said));
      };
      fact("形態", "Mode",
           filed.acts_allowed() ? words("運用（措置を行ってよい）", "operation: acts are allowed")
                                : words("試行（観測と判定のみ。措置は一切行わない）",
                                        "trial: observes and judges, acts on nothing"));
      if (in_force.demo)
        fact("範囲", "Covers",
             words("模擬トラフィック（ループバックのみ）", "simulated traffic, loopback only"));
      fact("目的", "Purpose", purpose(filed.purpose) + "\n" + filed.purpose_in_words);
      if (const auto basis = names_.bases.find(filed.purpose); basis != names_.bases.end())
        fact("法的根拠", "Legal basis", basis->second.in(language_));
      fact("必要性", "Necessity", filed.necessity);
      fact("手段", "Means", filed.means);
      fact("確認の程度", "Level of checking", filed.checking);
      fact("責任者", "Responsible", filed.responsible.empty() ? "—" : person(filed.responsible));
      fact("期間", "Period",
           fmt::format("{} – {}", filed.from ? day(*filed.from) : "—",
                       filed.until ? day(*filed.until) : "—"));
      fact("届け出た者", "Filed by",
           fmt::format("{}, {}", person(in_force.filed_by), time(in_force.filed)));
      add(std::move(facts));
    }
    if (report_.filings.empty() && report_.policies.empty()) return;
    Table table{{{words("日時", "When"), false},
                 {words("出来事（当月）", "Event of this month"), false},
                 {words("誰が", "Who"), false},
                 {words("内容", "What"), false}},
                {}};
    for (const auto* list : {&report_.filings, &report_.policies})
      for (const auto& event : *list)
        table.rows.push_back({time(event.time), kind(event), person(event.account), event.what});
    add(std::move(table));
    say_left_out("filings");
    say_left_out("policies");
  }

  void stop_criteria() {
    section("2. 歯止め", "2. Stop criteria");
    const auto distances = stop_distances(report_);
    if (!distances.empty()) {
      Table table{{{words("測られる基準", "Measured criterion"), false},
                   {words("上限", "Limit"), true},
                   {words("現在", "Now"), true},
                   {words("余裕", "Distance"), true}},
                  {}};
      for (const auto& each : distances)
        table.rows.push_back({each.criterion.in(language_), each.limit.in(language_),
                              each.now.in(language_), each.distance.in(language_)});
      add(std::move(table));
    }
    if (report_.filing && !report_.filing->filing.stop_criteria.empty()) {
      say(words("人が見守る基準:", "Criteria that people watch over:"));
      for (const auto& criterion : report_.filing->filing.stop_criteria) say("• " + criterion);
    }
    if (distances.empty() && (!report_.filing || report_.filing->filing.stop_criteria.empty()))
      none();
  }

  void reads() {
    section("3. 目的ごとの閲覧", "3. Reads, by purpose and person");
    if (report_.reads.empty()) return none();
    Table table{{{words("目的", "Purpose"), false},
                 {words("誰が", "Who"), false},
                 {words("閲覧", "Reads"), true},
                 {words("行数", "Rows"), true},
                 {words("うち持出し", "Exports"), true},
                 {words("不成立", "Failed"), true}},
                {}};
    std::uint64_t reads = 0;
    std::uint64_t rows = 0;
    for (const auto& each : report_.reads) {
      reads += each.reads;
      rows += each.rows;
      table.rows.push_back({purpose(each.purpose), person(each.account), number(each.reads),
                            number(each.rows), number(each.exports),
                            number(each.failed + each.unanswered)});
    }
    table.rows.push_back({words("合計", "Total"), "", number(reads), number(rows), "", ""});
    add(std::move(table));
    say(words(
        "行数は閲覧への答えとして返した行の数。不成立は、許可されたが答えが返らなかった閲覧。",
        "Rows are those that answers held. Failed: permitted, but no answer came."));
  }

  void refusals() {
    section("4. 拒否", "4. Refusals");
    if (report_.refusals.empty()) return none();
    Table table{{{words("誰が", "Who"), false},
                 {words("目的・操作", "Purpose or act"), false},
                 {words("理由", "Reason"), false},
                 {words("回数", "Times"), true}},
                {}};
    for (const auto& each : report_.refusals)
      table.rows.push_back({person(each.account),
                            each.act.empty() ? purpose(each.purpose) : each.act, each.reason,
                            number(each.times)});
    add(std::move(table));
    say_left_out("refusals");
  }

  void reveals() {
    section("5. 仮名の復元と案件", "5. Reveals and cases");
    std::uint64_t asked = 0;
    std::uint64_t approved = 0;
    std::uint64_t rejected = 0;
    std::uint64_t shown = 0;
    std::uint64_t pseudonyms = 0;
    for (const auto& each : report_.reveals) {
      if (each.asked) ++asked;
      if (!each.approved_by.empty()) ++approved;
      if (!each.rejected_by.empty()) ++rejected;
      if (!each.shown) continue;
      ++shown;
      pseudonyms += each.pseudonyms;
    }
    say(fmt::format(
        fmt::runtime(words("申請 {} 件、承認あり {} 件、却下 {} 件、開示 {} 件（仮名 {} 個）。",
                           "{} asked, {} approved by somebody, {} rejected, {} shown ({} "
                           "pseudonyms).")),
        asked, approved, rejected, shown, pseudonyms));
    if (!report_.reveals.empty()) {
      Table table{{{words("申請", "Request"), false},
                   {words("案件", "Case"), false},
                   {words("目的", "Purpose"), false},
                   {words("申請者", "Asked by"), false},
                   {words("仮名", "Pseudonyms"), true},
                   {words("承認", "Approved by"), false},
                   {words("却下", "Rejected by"), false},
                   {words("開示", "Shown"), false}},
                  {}};
      for (const auto& each : report_.reveals)
        table.rows.push_back({each.request, each.case_id, each.purpose, each.asked_by,
                              number(each.pseudonyms),
                              fmt::format("{}", fmt::join(each.approved_by, "\n")),
                              fmt::format("{}", fmt::join(each.rejected_by, "\n")),
                              each.shown ? time(*each.shown) : "—"});
      add(std::move(table));
      say_left_out("reveals");
    }
    if (report_.cases.empty()) return;
    Table table{{{words("日時", "When"), false},
                 {words("案件", "Case"), false},
                 {words("操作", "Act"), false},
                 {words("誰が", "Who"), false},
                 {words("件名", "Title"), false}},
                {}};
    for (const auto& event : report_.cases)
      table.rows.push_back({time(event.time), event.case_id,
                            event.act == "opened"   ? words("開始", "opened")
                            : event.act == "closed" ? words("終了", "closed")
                                                    : event.act,
                            person(event.account), event.what});
    add(std::move(table));
    say_left_out("cases");
  }

  void exports() {
    section("6. 持出し", "6. Exports");
    if (report_.exports.empty()) return none();
    Table table{{{words("日時", "When"), false},
                 {words("誰が", "Who"), false},
                 {words("目的", "Purpose"), false},
                 {words("内容", "What"), false},
                 {words("行数", "Rows"), true},
                 {"SHA-256", false}},
                {}};
    for (const auto& event : report_.exports)
      table.rows.push_back({time(event.time), person(event.account), event.purpose, event.what,
                            event.rows ? number(*event.rows) : "—",
                            event.result.empty() ? "—" : event.result.substr(0, 16) + "…"});
    add(std::move(table));
    say_left_out("exports");
  }

  void deletions() {
    section("7. 削除", "7. Deletions");
    if (report_.deletions.empty()) return none();
    Table table{{{words("表", "Table"), false},
                 {words("理由", "Why"), false},
                 {words("区画", "Partitions"), true},
                 {words("行数", "Rows"), true},
                 {words("容量", "Bytes"), true},
                 {words("失敗・不明", "Failed or not known"), true}},
                {}};
    for (const auto& each : report_.deletions)
      table.rows.push_back({each.table, words_of_deletion_reason(each.why).in(language_),
                            number(each.partitions), number(each.rows), size_in_words(each.bytes),
                            number(each.failed + each.unknown)});
    add(std::move(table));
    for (const auto& breach : report_.breaches)
      say(fmt::format(
              fmt::runtime(words("{}: 案件 {} が保留していた {} の {} から {} まで（{} 行）を、"
                                 "他に消せるものがなくディスクの空き不足により削除した。",
                                 "{}: held by {}, but deleted, as the disk was full and nothing "
                                 "else could go: {} from {} to {}, {} rows.")),
              time(breach.time), fmt::join(breach.cases, ", "), breach.table, time(breach.from),
              time(breach.to), number(breach.rows)),
          true);
    say_left_out("breaches");
  }

  void keys() {
    section("8. 仮名の鍵", "8. Keys of pseudonyms");
    if (report_.keys.empty()) return none();
    Table table{{{words("日時", "When"), false},
                 {words("誰が", "Who"), false},
                 {words("操作", "Act"), false},
                 {words("内容", "What"), false}},
                {}};
    for (const auto& event : report_.keys)
      table.rows.push_back({time(event.time), person(event.account), event.act, event.what});
    add(std::move(table));
    say_left_out("keys");
  }

  void audit() {
    section("9. 監査記録", "9. The audit");
    const auto& seen = report_.verification;
    Document::Facts facts;
    const auto fact = [&](const char* japanese, const char* english, std::string said) {
      facts.facts.emplace_back(words(japanese, english), std::move(said));
    };
    fact("当月の記録", "Entries this month",
         report_.entries == 0
             ? "0"
             : fmt::format("{} ({} – {})", number(report_.entries), number(report_.first_entry),
                           number(report_.last_entry)));
    fact("検証", "Verified",
         seen.is_good()     ? words("連鎖は全て正しい", "the whole chain is good")
         : seen.is_intact() ? words("記録は書かれたとおり。時刻等に要説明あり",
                                    "as it was written; times or time stamps need an explanation")
                            : words("破損または改変あり（下記）", "broken or altered: see below"));
    fact("検証した記録", "Entries verified", number(seen.entries));
    fact("末尾のハッシュ", "Hash of the last",
         fmt::format("{}: {}", number(seen.last.sequence), seen.last.hash.to_hex()));
    fact("タイムスタンプ", "Time stamps",
         report_.last_time_stamp
             ? fmt::format(
                   fmt::runtime(words("当月 {} 件。最後は {}、{}、記録 {} まで（RFC 3161）",
                                      "{} this month; the last {}, by {}, over entry {} and all "
                                      "before (RFC 3161)")),
                   report_.time_stamps, time(report_.last_time_stamp->time),
                   report_.last_time_stamp->authority, number(report_.last_time_stamp->covers))
             : words("なし（時刻認証局の設定がない）", "none: no authority is configured"));
    add(std::move(facts));
    for (const auto& finding : seen.findings)
      say(fmt::format("{}: {}", to_string(finding.fault),
                      language_ == Language::kJapanese ? finding.japanese : finding.english),
          true);
    if (seen.findings_beyond > 0)
      say(fmt::format(fmt::runtime(words("ほかに {} 件。", "And {} more.")),
                      number(seen.findings_beyond)),
          true);
    for (const auto& event : report_.incidents)
      say(fmt::format("{}: {}", time(event.time), kind(event)), true);
    say_left_out("incidents");
  }

  const MonthlyReport& report_;
  const ReportNames& names_;
  const Language language_;
  Document document_;
};

}  // namespace

Document document_of(const MonthlyReport& report, const ReportNames& names, Language language) {
  return Writer(report, names, language).write();
}

}  // namespace noroshi
