#include <nlohmann/json.hpp>

#include "guard/report/report_document.h"
#include "guard/report/stop_criteria.h"

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

Json moment(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}
Json words(const Bilingual& text) { return {{"ja", text.ja}, {"en", text.en}}; }

template <typename List, typename One>
Json list_of(const List& list, const One& one) {
  auto result = Json::array();
  for (const auto& each : list) result.push_back(one(each));
  return result;
}

Json events(const std::vector<ReportedEvent>& list) {
  return list_of(list, [](const ReportedEvent& event) {
    return Json{{"time", to_rfc3339(event.time)},
                {"kind", event.kind},
                {"act", event.act},
                {"account", event.account},
                {"purpose", event.purpose},
                {"case", event.case_id},
                {"what", event.what},
                {"rows", event.rows ? Json(*event.rows) : Json(nullptr)},
                {"sha256", event.result}};
  });
}

Json filing_of(const MonthlyReport& report) {
  if (!report.filing) return nullptr;
  const auto& filing = report.filing->filing;
  return {{"purpose", filing.purpose},
          {"purpose_in_words", filing.purpose_in_words},
          {"necessity", filing.necessity},
          {"means", filing.means},
          {"checking", filing.checking},
          {"stop_criteria", filing.stop_criteria},
          {"responsible", filing.responsible},
          {"mode", filing.mode ? Json(name_of(*filing.mode)) : Json(nullptr)},
          {"acts_allowed", filing.acts_allowed()},
          {"demo", report.filing->demo},
          {"from", moment(filing.from)},
          {"until", moment(filing.until)},
          {"filed_by", report.filing->filed_by},
          {"filed", to_rfc3339(report.filing->filed)}};
}

Json audit_of(const MonthlyReport& report) {
  const auto& seen = report.verification;
  Json stamp = nullptr;
  if (const auto& last = report.last_time_stamp)
    stamp = {
        {"time", to_rfc3339(last->time)}, {"authority", last->authority}, {"covers", last->covers}};
  return {{"entries", report.entries},
          {"first_entry", report.first_entry},
          {"last_entry", report.last_entry},
          {"verified_entries", seen.entries},
          {"good", seen.is_good()},
          {"intact", seen.is_intact()},
          {"last", {{"sequence", seen.last.sequence}, {"hash", seen.last.hash.to_hex()}}},
          {"findings", list_of(seen.findings,
                               [](const AuditFinding& finding) {
                                 return Json{{"fault", to_string(finding.fault)},
                                             {"first", finding.first},
                                             {"last", finding.last},
                                             {"ja", finding.japanese},
                                             {"en", finding.english}};
                               })},
          {"findings_beyond", seen.findings_beyond},
          {"time_stamps", report.time_stamps},
          {"last_time_stamp", std::move(stamp)},
          {"incidents", events(report.incidents)}};
}

}  // namespace

std::string report_as_json(const MonthlyReport& report, const ReportNames& names) {
  auto left_out = Json::object();
  for (const auto& [list, times] : report.left_out) left_out[list] = times;
  const auto person = [&](const std::string& account) {
    const auto found = names.persons.find(account);
    return found == names.persons.end() ? Json(nullptr) : Json(found->second);
  };
  const Json document = {
      {"month", report.month.to_string()},
      {"from", to_rfc3339(report.month.from())},
      {"to", to_rfc3339(report.month.to())},
      {"made", to_rfc3339(report.made)},
      {"made_by", report.made_by},
      {"node", report.node},
      {"filing", filing_of(report)},
      {"filings", events(report.filings)},
      {"policies", events(report.policies)},
      {"stop_criteria", list_of(stop_distances(report),
                                [](const StopDistance& each) {
                                  return Json{{"code", each.code},
                                              {"criterion", words(each.criterion)},
                                              {"limit", words(each.limit)},
                                              {"now", words(each.now)},
                                              {"distance", words(each.distance)},
                                              {"reached", each.reached}};
                                })},
      {"reads", list_of(report.reads,
                        [&](const ReportedReads& each) {
                          return Json{{"purpose", each.purpose},
                                      {"account", each.account},
                                      {"person", person(each.account)},
                                      {"reads", each.reads},
                                      {"rows", each.rows},
                                      {"exports", each.exports},
                                      {"failed", each.failed},
                                      {"unanswered", each.unanswered}};
                        })},
      {"refusals", list_of(report.refusals,
                           [&](const ReportedRefusals& each) {
                             return Json{{"account", each.account},
                                         {"purpose", each.purpose},
                                         {"act", each.act},
                                         {"reason", each.reason},
                                         {"times", each.times}};
                           })},
      {"reveals",
       list_of(report.reveals,
               [](const ReportedReveal& each) {
                 return Json{{"request", each.request},         {"case", each.case_id},
                             {"purpose", each.purpose},         {"asked_by", each.asked_by},
                             {"asked", moment(each.asked)},     {"pseudonyms", each.pseudonyms},
                             {"approved_by", each.approved_by}, {"rejected_by", each.rejected_by},
                             {"shown", moment(each.shown)}};
               })},
      {"cases", events(report.cases)},
      {"exports", events(report.exports)},
      {"deletions", list_of(report.deletions,
                            [](const ReportedDeletions& each) {
                              return Json{{"table", each.table},           {"why", each.why},
                                          {"partitions", each.partitions}, {"rows", each.rows},
                                          {"bytes", each.bytes},           {"failed", each.failed},
                                          {"unknown", each.unknown}};
                            })},
      {"deleted_although_held",
       list_of(report.breaches,
               [](const ReportedBreach& each) {
                 return Json{{"time", to_rfc3339(each.time)}, {"table", each.table},
                             {"from", to_rfc3339(each.from)}, {"to", to_rfc3339(each.to)},
                             {"cases", each.cases},           {"rows", each.rows}};
               })},
      {"keys", events(report.keys)},
      {"audit", audit_of(report)},
      {"left_out", std::move(left_out)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace noroshi
