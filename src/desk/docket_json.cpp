#include "desk/docket_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/time.h"
#include "judge/fuse/reasons.h"

namespace noroshi {
namespace {

// Keys keep the order in which they are written, so that a person can read the document.
using Json = nlohmann::ordered_json;

std::string print(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(Timestamp time) { return to_rfc3339(time); }
Json json_of(const std::optional<Timestamp>& time) { return time ? json_of(*time) : Json(); }
Json json_of_time(std::uint64_t milliseconds) {
  return milliseconds == 0 ? Json() : json_of(from_unix_milliseconds(milliseconds));
}
Json json_of_hour(std::uint64_t hour) { return json_of_time(hour * 3'600'000); }

double rounded(double value) { return std::round(value * 10'000) / 10'000; }

Json json_of(const std::optional<Sentence>& sentence, const std::string& code) {
  if (!sentence) return {{"ja", code}, {"en", code}};
  return {{"ja", sentence->ja}, {"en", sentence->en}};
}

Json json_of(const std::vector<KeptEvidence>& list) {
  auto result = Json::array();
  for (const auto& one : list) {
    Evidence evidence{.group = one.group,
                      .code = one.code,
                      .statistic = one.statistic,
                      .log_likelihood_ratio = one.log_likelihood_ratio};
    auto arguments = Json::object();
    for (const auto& [name, value] : one.arguments) {
      evidence.arguments.emplace_back(name, value);
      arguments[name] = value;
    }
    result.push_back({{"group", to_string(one.group)},
                      {"code", one.code},
                      {"llr", rounded(one.log_likelihood_ratio)},
                      {"statistic", one.statistic},
                      {"arguments", std::move(arguments)},
                      {"text", json_of(sentence_if_known(evidence), one.code)}});
  }
  return result;
}

Json json_of_codes(const std::vector<std::string>& codes) {
  auto list = Json::array();
  for (const auto& code : codes)
    list.push_back({{"code", code}, {"text", json_of(sentence_if_known(code), code)}});
  return list;
}

Json json_of(const KeptVerdict& verdict) {
  return {{"tier", to_string(verdict.tier)},
          {"probability", rounded(verdict.probability)},
          {"clients", verdict.clients},
          {"connections", verdict.connections},
          {"first", json_of_time(verdict.first)},
          {"last", json_of_time(verdict.last)},
          {"evidence", json_of(verdict.evidence)},
          {"counter_evidence", json_of(verdict.counter_evidence)},
          {"would_change", json_of_codes(verdict.would_change)},
          {"not_judged", json_of_codes(verdict.not_judged)},
          {"recipe", verdict.recipe}};
}

Json json_of(const AnalystWord& word) {
  return {{"word", to_string(word.kind)},
          {"by", word.by},
          {"given", json_of(word.given)},
          {"reason", word.reason}};
}

Json json_of_hours(const std::optional<Timestamp>& from, const std::optional<Timestamp>& to) {
  if (!from || !to) return Json();
  return rounded(std::chrono::duration<double>(*to - *from).count() / 3600);
}

Json json_of(const DocketEntry& entry) {
  const bool confirmed = entry.state() == DocketState::kConfirmed;
  return {{"server", entry.server.to_string()},
          {"address", entry.server.address.to_string()},
          {"port", entry.server.port.value},
          {"protocol", to_string(entry.server.protocol)},
          {"state", to_string(entry.state())},
          {"tier", to_string(entry.tier())},
          {"judged_state", to_string(entry.judged_state)},
          {"judged_tier", to_string(entry.judged_tier)},
          {"first_seen", json_of_time(entry.first_seen)},
          {"last_seen", json_of_time(entry.last_seen)},
          {"listed", json_of(entry.listed)},
          {"suspected", json_of(entry.suspected)},
          {"judged_until", json_of(entry.judged_until)},
          {"hours_from_first_call_to_suspicion",
           json_of_hours(from_unix_milliseconds(entry.first_seen), entry.suspected)},
          {"hours_from_suspicion_to_confirmation",
           confirmed ? json_of_hours(entry.suspected, entry.word->given) : Json()},
          {"word", entry.word ? json_of(*entry.word) : Json()},
          {"verdict", json_of(entry.verdict)}};
}

Json json_of(const DocketChange& change) {
  return {{"moment", json_of(change.moment)},
          {"by", change.by},
          {"from", to_string(change.from)},
          {"to", to_string(change.to)},
          {"from_tier", to_string(change.from_tier)},
          {"to_tier", to_string(change.to_tier)},
          {"why", change.why},
          {"reason", change.reason},
          {"verdict", json_of(change.verdict)}};
}

Json json_of(const Docket::Window& window) {
  auto summary = Json::parse(window.summary, nullptr, false);
  return {{"from", json_of(window.from)}, {"to", json_of(window.to)},
          {"made", json_of(window.made)}, {"by", window.by},
          {"recipe", window.recipe},      {"left_out", summary.is_object() ? summary : Json()}};
}

Json json_of(const std::vector<Docket::Window>& windows) {
  auto list = Json::array();
  for (const auto& window : windows) list.push_back(json_of(window));
  return list;
}

Json left_out_of(const JudgedWindow& window) {
  const auto& statistics = window.statistics;
  return {{"hours_without_contacts", statistics.hours_without_contacts},
          {"servers_called_in_passing", statistics.sieve.servers_called_in_passing},
          {"servers_too_popular", statistics.sieve.servers_too_popular},
          {"servers_not_kept", statistics.sieve.servers_not_kept},
          {"pairs_not_told_apart", statistics.sieve.pairs_not_told_apart},
          {"port_activities_not_kept", statistics.sieve.activities_not_kept},
          {"contacts_in_passing_not_kept", statistics.contacts_in_passing_not_kept},
          {"scan_targets", window.judgement.scan_targets},
          {"one_way_view", window.judgement.view.one_way},
          {"few_clients", window.judgement.local_clients < 50},
          {"inside_unknown", window.local.ground == LocalSide::Ground::kUnknown}};
}

Json json_of(const InfectedHost::Finding& finding) {
  return {{"reason", to_string(finding.reason)},
          {"target", finding.target.to_string()},
          {"address",
           finding.target.address.is_none() ? Json() : Json(finding.target.address.to_string())},
          {"port", finding.target.port.value},
          {"protocol", to_string(finding.target.protocol)},
          {"count", finding.count},
          {"first", json_of_time(finding.first)},
          {"last", json_of_time(finding.last)}};
}

std::uint64_t since(const InfectedHost& host) {
  return std::ranges::min_element(host.findings, {}, &InfectedHost::Finding::first)->first;
}

bool calls_a_server(const InfectedHost& host) {
  return std::ranges::any_of(host.findings, [](const InfectedHost::Finding& finding) {
    return finding.reason == InfectionReason::kCallsServer;
  });
}

}  // namespace

std::string summary_to_json(const JudgedWindow& window) { return print(left_out_of(window)); }

std::string to_json(const JudgedWindow& window, const Docket::Outcome& outcome,
                    const std::string& recipe) {
  std::uint64_t tiers[3] = {};
  for (const auto& verdict : window.judgement.verdicts)
    ++tiers[static_cast<std::size_t>(verdict.tier)];
  return print({{"from", json_of_hour(window.from)},
                {"to", json_of_hour(window.to)},
                {"recipe", recipe},
                {"contacts_read", window.statistics.sieve.contacts},
                {"contacts_judged", window.statistics.contacts_judged},
                {"servers_met", window.statistics.sieve.servers},
                {"servers_judged", window.judgement.verdicts.size()},
                {"tiers", {{"A", tiers[0]}, {"B", tiers[1]}, {"C", tiers[2]}}},
                {"hosts_inside", window.judgement.local_clients},
                {"infected", window.judgement.infected.size()},
                {"listed", outcome.listed},
                {"changed", outcome.changed},
                {"too_unlikely", outcome.too_unlikely},
                {"not_listed_for_want_of_room", outcome.left_out},
                {"removed", outcome.removed},
                {"left_out", left_out_of(window)}});
}

std::string to_json(const Docket::List& list, const std::vector<Docket::Window>& windows) {
  auto servers = Json::array();
  for (const auto& entry : list.entries) servers.push_back(json_of(entry));
  return print(
      {{"servers", std::move(servers)}, {"more", list.left_out}, {"windows", json_of(windows)}});
}

std::string to_json(const Docket::Life& life, const std::vector<Docket::Window>& windows) {
  auto json = json_of(life.entry);
  auto changes = Json::array();
  for (const auto& change : life.changes) changes.push_back(json_of(change));
  json["life"] = std::move(changes);
  json["windows"] = json_of(windows);
  return print(json);
}

std::string to_json_line(const DocketEntry& entry) { return print(json_of(entry)); }

std::string infected_to_json(const JudgedWindow& window, std::size_t most) {
  auto hosts = Json::array();
  std::uint64_t without_server = 0;
  for (const auto& host : window.judgement.infected) {
    if (!calls_a_server(host)) ++without_server;
    if (most > 0 && hosts.size() >= most) continue;
    auto findings = Json::array();
    for (const auto& finding : host.findings) findings.push_back(json_of(finding));
    hosts.push_back({{"line", host.address.to_string()},
                     {"reason", to_string(host.findings.front().reason)},
                     {"since", json_of_time(since(host))},
                     {"calls_known_server", calls_a_server(host)},
                     {"findings", std::move(findings)}});
  }
  const auto shown = hosts.size();
  return print({{"from", json_of_hour(window.from)},
                {"to", json_of_hour(window.to)},
                {"lines", std::move(hosts)},
                {"more", window.judgement.infected.size() - shown},
                {"without_known_server", without_server},
                {"left_out", left_out_of(window)}});
}

}  // namespace noroshi
