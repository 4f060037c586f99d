#include "desk/oversight_desk.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "desk/retention_json.h"
#include "document/html.h"
#include "document/pdf.h"
#include "guard/audit/line.h"
#include "guard/audit/segments.h"
#include "guard/digest.h"
#include "guard/oversight.h"
#include "guard/report/month_collector.h"
#include "guard/report/report_document.h"
#include "guard/retention/deletion.h"

// Route /desk/guard/retention/plan: what will be deleted, and when. Guard: the policy says who
// may; hours and sizes, no traffic.
// Route /desk/guard/retention/history: what was deleted, and why. Guard: the policy says who may;
// entries of the audit.
// Route /desk/guard/report: the month on one page. Guard: the policy says who may; counts of the
// audit; its making is on record.
// Route /desk/guard/key: what is done to keys. Guard: administrators alone; never a secret; on the
// audit first.

namespace noroshi {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> kFormats = {"html", "pdf", "json"};
constexpr std::array<std::string_view, 4> kVerbs = {"retention/plan", "retention/history", "report",
                                                    "key"};

std::string_view name_of(ReportOrder::Format format) {
  return kFormats[static_cast<std::size_t>(format)];
}

/// Every entry that can be read: what cannot be is named by verification.
Status each_entry(const Audit& audit, const std::function<void(const RecordedEntry&)>& take) {
  return each_audit_line(
      audit.folder(), [&audit] { return audit.end(); },
      [&](const AuditSegment&, const LineFile::Line& line) -> Status {
        if (!line.ended || line.too_long) return {};
        if (const auto entry = read_audit_line(line.text.substr(0, line.text.size() - 1)))
          take(*entry);
        return {};
      });
}

ReportNames names_of(const Policy& policy) {
  ReportNames names;
  for (const auto& person : policy.persons) names.persons[person.account] = person.name;
  for (const auto& purpose : policy.purposes) {
    names.purposes[purpose.name] = purpose.title;
    names.bases[purpose.name] = words_of(purpose.basis);
  }
  return names;
}

Result<std::string> rendered(const MonthlyReport& report, const ReportNames& names,
                             const ReportOrder& order) {
  switch (order.format) {
    case ReportOrder::Format::kJson:
      return report_as_json(report, names);
    case ReportOrder::Format::kHtml:
      return to_html(document_of(report, names, order.language));
    case ReportOrder::Format::kPdf:
      return TRY(to_pdf(document_of(report, names, order.language))).bytes;
  }
  return failure(ErrorCode::kInvalidArgument, "no such format");
}

tl::unexpected<Error> no_order(const char* why) {
  return failure(ErrorCode::kInvalidArgument, fmt::format("report: {}", why));
}

}  // namespace

Result<ReportOrder> report_order_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return no_order("a JSON object is needed");
  ReportOrder order;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) return no_order("its members are texts");
    const auto said = value.get<std::string>();
    if (key == "month") {
      order.month = said;
    } else if (key == "language" && (said == "ja" || said == "en")) {
      order.language = said == "ja" ? Language::kJapanese : Language::kEnglish;
    } else if (key == "format") {
      const auto* const found = std::ranges::find(kFormats, said);
      if (found == kFormats.end()) return no_order("format is html, pdf or json");
      order.format = static_cast<ReportOrder::Format>(found - kFormats.begin());
    } else {
      return no_order("its members are month, language (ja, en) and format (html, pdf, json)");
    }
  }
  return order;
}

std::string to_json(const ReportOrder& order) {
  return Json{{"month", order.month},
              {"language", order.language == Language::kJapanese ? "ja" : "en"},
              {"format", name_of(order.format)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<KeyAct> key_act_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    return failure(ErrorCode::kInvalidArgument, "key: a JSON object is needed");
  KeyAct act;
  for (const auto& [name, value] : json.items()) {
    auto* const member = name == "act"    ? &act.act
                         : name == "key"  ? &act.key
                         : name == "from" ? &act.from
                                          : nullptr;
    if (member == nullptr || !value.is_string())
      return failure(ErrorCode::kInvalidArgument, "key: its members are act, key and from, texts");
    *member = value.get<std::string>();
  }
  TRY(check(act));
  return act;
}

std::string to_json(const KeyAct& act) {
  return Json{{"act", act.act}, {"key", act.key}, {"from", act.from}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> OversightDesk::retention_plan() const {
  const auto state = TRY(dependencies_.retention());
  const auto policy = TRY(dependencies_.policy());
  return retention_plan_to_json(state, HeldData::ask(dependencies_.holds), *policy,
                                dependencies_.now());
}

Result<std::string> OversightDesk::deletions() const {
  DeletionList list;
  TRY(each_entry(dependencies_.audit, [&](const RecordedEntry& entry) { list.add(entry); }));
  const auto left_out = list.left_out();
  return deletions_to_json(list.take(), left_out);
}

Result<std::string> OversightDesk::report(const ReportOrder& order,
                                          const std::string& account) const {
  const auto policy = TRY(dependencies_.policy());
  const auto now = dependencies_.now();
  const auto month = order.month.empty() ? ReportMonth::of(now, policy->utc_offset)
                                         : TRY(ReportMonth::parse(order.month, policy->utc_offset));
  if (month.from() > now)
    return failure(ErrorCode::kInvalidArgument, fmt::format("{} has not begun", month.to_string()));
  MonthCollector collector(month);
  TRY(each_entry(dependencies_.audit, [&](const RecordedEntry& entry) { collector.add(entry); }));
  auto report = collector.finish();
  report.made = now;
  report.made_by = account;
  report.verification = TRY(dependencies_.verify());
  if (dependencies_.filing) report.filing = dependencies_.filing();
  report.flows_a_second_known = dependencies_.measures_flows;
  if (report.filing && dependencies_.measures)
    report.measures = dependencies_.measures(report.filing->filing.purpose);
  auto file = TRY(rendered(report, names_of(*policy), order));
  AuditEntry entry;
  entry.kind = "report";
  entry.who = account;
  entry.what = fmt::format("the month {}", month.to_string());
  entry.result = sha256(file).to_hex();
  entry.details = {{"format", std::string(name_of(order.format))},
                   {"language", order.language == Language::kJapanese ? "ja" : "en"}};
  TRY(dependencies_.record(std::move(entry)));
  return file;
}

Result<std::string> OversightDesk::record_key(const KeyAct& act, const std::string& account) const {
  auto entry = entry_of(act);
  entry.who = account;
  if (account != dependencies_.owner && account != "root") {
    entry.kind = "refused";
    entry.details.emplace_back("why", "not the owner of the keys");
    TRY(dependencies_.record(std::move(entry)));
    return failure(ErrorCode::kPermission,
                   fmt::format("{}: the keys are {}'s alone", account, dependencies_.owner));
  }
  TRY(dependencies_.record(std::move(entry)));
  return "{}";
}

bool OversightDesk::knows(std::string_view verb) {
  return std::ranges::find(kVerbs, verb) != kVerbs.end();
}

Result<std::string> OversightDesk::answer(std::string_view verb, const std::string& body,
                                          const std::string& account) const {
  if (!knows(verb)) return failure(ErrorCode::kNotFound, "there is nothing at this address");
  if (verb == "key") return record_key(TRY(key_act_from_json(body)), account);
  const bool makes_report = verb == "report";
  const auto act = makes_report ? OversightAct::kMakeReport : OversightAct::kSeeRetention;
  const Overseer overseer{account, dependencies_.owner};
  TRY(check_oversight(*TRY(dependencies_.policy()), overseer, act, dependencies_.record));
  if (makes_report) return report(TRY(report_order_from_json(body)), account);
  auto entry = oversight_entry(overseer, act);
  entry.details = {{"of", std::string(verb)}};
  TRY(dependencies_.record(std::move(entry)));
  return verb == "retention/plan" ? retention_plan() : deletions();
}

}  // namespace noroshi
