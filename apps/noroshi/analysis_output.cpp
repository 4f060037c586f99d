#include "analysis_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "judge/fuse/fusion.h"
#include "judge/fuse/reasons.h"

namespace noroshi {
namespace {

// Keys keep the order in which they are written, so that a person can read the document.
using Json = nlohmann::ordered_json;

std::string print_time(std::uint64_t milliseconds) {
  return milliseconds == 0 ? "" : to_rfc3339(from_unix_milliseconds(milliseconds));
}

Json json_of(const Sentence& sentence) { return {{"ja", sentence.ja}, {"en", sentence.en}}; }

Json json_of(const Endpoint& endpoint) {
  return {{"address", endpoint.address.to_string()},
          {"port", endpoint.port.value},
          {"protocol", to_string(endpoint.protocol)}};
}

double rounded(double value) { return std::round(value * 10'000) / 10'000; }

Json json_of(const std::vector<Evidence>& evidence) {
  auto list = Json::array();
  for (const auto& one : evidence) {
    auto arguments = Json::object();
    for (const auto& [name, value] : one.arguments) arguments[std::string(name)] = value;
    list.push_back({{"group", to_string(one.group)},
                    {"code", one.code},
                    {"llr", rounded(one.log_likelihood_ratio)},
                    {"statistic", one.statistic},
                    {"arguments", std::move(arguments)},
                    {"text", json_of(sentence_of(one))}});
  }
  return list;
}

Json json_of_codes(const std::vector<std::string_view>& codes) {
  auto list = Json::array();
  for (const auto code : codes)
    list.push_back({{"code", code}, {"text", json_of(sentence_of(code))}});
  return list;
}

Json json_of(const Verdict& verdict) {
  return {{"server", json_of(verdict.server)},
          {"tier", to_string(verdict.tier)},
          {"probability", rounded(verdict.probability)},
          {"clients", verdict.clients},
          {"connections", verdict.connections},
          {"first", print_time(verdict.first)},
          {"last", print_time(verdict.last)},
          {"evidence", json_of(verdict.evidence)},
          {"counter_evidence", json_of(verdict.counter_evidence)},
          {"would_change", json_of_codes(verdict.would_change)},
          {"not_judged", json_of_codes(verdict.not_judged)}};
}

std::string print_service(const Endpoint& endpoint) {
  const auto name = to_string(endpoint.protocol);
  return endpoint.port.value == 0 ? name : fmt::format("{}/{}", endpoint.port.value, name);
}

/// "scan of 23/tcp (137 destinations)".
std::string print_finding(const InfectedHost::Finding& finding) {
  const auto& target = finding.target;
  switch (finding.reason) {
    case InfectionReason::kScan:
      return target.address.is_none() ? fmt::format("scans {} ({} destinations did not answer)",
                                                    print_service(target), finding.count)
                                      : fmt::format("scans the {} ports of {} ({} did not answer)",
                                                    to_string(target.protocol),
                                                    target.address.to_string(), finding.count);
    case InfectionReason::kFlood:
      return fmt::format("floods {} ({} packets)", target.to_string(), finding.count);
    case InfectionReason::kPeerNode:
      return fmt::format("node of a peer-to-peer botnet ({} peers)", finding.count);
    case InfectionReason::kCallsServer:
      return fmt::format("calls {} ({} connections)", target.to_string(), finding.count);
  }
  return {};
}

Json json_of(const InfectedHost& host) {
  auto findings = Json::array();
  for (const auto& finding : host.findings)
    findings.push_back({{"reason", to_string(finding.reason)},
                        {"target", json_of(finding.target)},
                        {"count", finding.count},
                        {"first", print_time(finding.first)},
                        {"last", print_time(finding.last)},
                        {"text", print_finding(finding)}});
  return {{"address", host.address.to_string()},
          {"reason", to_string(host.findings.front().reason)},
          {"findings", std::move(findings)}};
}

std::string_view print_ground(LocalSide::Ground ground) {
  switch (ground) {
    case LocalSide::Ground::kStated:
      return "stated";
    case LocalSide::Ground::kPrivate:
      return "private addresses";
    case LocalSide::Ground::kObserved:
      return "the hosts that nearly all contacts have in common";
    case LocalSide::Ground::kUnknown:
      return "unknown: every caller is taken as inside; say --local PREFIX";
  }
  return {};
}

std::string print_prefixes(const LocalSide& local) {
  std::string text;
  for (const auto& prefix : local.prefixes) text += (text.empty() ? "" : ", ") + prefix.to_string();
  return text;
}

std::string print_address_and_port(const Endpoint& endpoint) {
  const auto text = endpoint.to_string();
  return text.substr(0, text.rfind('/'));
}

std::string print_evidence(const Verdict& verdict) {
  // The two strongest reasons for, and the strongest against: what fits on a line.
  std::string text;
  for (std::size_t index = 0; index < std::min<std::size_t>(verdict.evidence.size(), 2); ++index)
    text += (index == 0 ? "" : "; ") + sentence_of(verdict.evidence[index]).en;
  if (!verdict.counter_evidence.empty())
    text += (text.empty() ? "but: " : "; but: ") + sentence_of(verdict.counter_evidence[0]).en;
  return text.empty() ? "nothing speaks for it" : text;
}

}  // namespace

std::string analysis_as_json(const Analysis& analysis, const StatedPurpose& stated) {
  const auto& summary = analysis.summary;
  const auto& local = analysis.local;
  const auto& judgement = analysis.judgement;
  auto verdicts = Json::array();
  for (const auto& verdict : judgement.verdicts) verdicts.push_back(json_of(verdict));
  auto infected = Json::array();
  for (const auto& host : judgement.infected) infected.push_back(json_of(host));
  auto prefixes = Json::array();
  for (const auto& prefix : local.prefixes) prefixes.push_back(prefix.to_string());
  auto timeouts = Json::array();
  for (const auto& timeout : summary.timeouts)
    timeouts.push_back({{"exporter", timeout.exporter.to_string()},
                        {"seconds", timeout.milliseconds / 1000},
                        {"records", timeout.records}});
  auto notes = Json::array();
  for (const auto& failure : analysis.failures) notes.push_back(failure.message);
  const Json document = {
      {"purpose",
       {{"name", stated.purpose.name},
        {"basis", name_of(stated.purpose.basis)},
        {"case", stated.case_id},
        {"text", {{"ja", stated.purpose.title.ja}, {"en", stated.purpose.title.en}}}}},
      {"flows", summary.flows},
      {"first", print_time(summary.first)},
      {"last", print_time(summary.last)},
      {"local", {{"ground", print_ground(local.ground)}, {"prefixes", std::move(prefixes)}}},
      {"prior", kPriorProbability},
      {"verdicts", std::move(verdicts)},
      {"infected", std::move(infected)},
      {"incoming",
       {{"contacts", judgement.incoming_contacts}, {"scanners", judgement.outside_scanners}}},
      {"scan_targets_not_listed", judgement.scan_targets},
      {"local_clients", judgement.local_clients},
      {"one_way_view", judgement.view.one_way},
      {"flows_of_unstated_sampling", summary.flows_of_unknown_sampling},
      {"unstated_sampling_taken_as_unsampled", judgement.view.unstated_is_unsampled},
      {"exporter_timeouts", std::move(timeouts)},
      {"limits",
       {{"contacts_evicted", summary.contacts_evicted},
        {"conversations_cut", summary.conversations_cut},
        {"port_activity_not_kept", summary.port_activity_not_kept},
        {"flows_without_time", summary.flows_without_time}}},
      {"failures", std::move(notes)}};
  // Addresses and codes are ASCII and the sentences are ours; a path may hold any byte.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string analysis_as_table(const Analysis& analysis, const StatedPurpose& stated,
                              std::size_t top) {
  const auto& judgement = analysis.judgement;
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "Purpose: {} ({}){}\n", stated.purpose.name, stated.purpose.title.en,
                 stated.case_id.empty() ? "" : ", case " + stated.case_id);
  fmt::format_to(out, "{} flows, {} servers judged, inside: {} ({})\n\n", analysis.summary.flows,
                 judgement.verdicts.size(), print_prefixes(analysis.local),
                 print_ground(analysis.local.ground));
  fmt::format_to(out, "{:>4}  {:<28} {:<5} {:<4} {:>5} {:>7}  {:<20} {:<20}  {}\n", "rank",
                 "server", "proto", "tier", "prob", "clients", "first", "last", "reason");
  std::size_t rank = 0;
  for (const auto& verdict : judgement.verdicts) {
    if (++rank > top) break;
    const auto seconds = [](std::uint64_t time) { return print_time(time).substr(0, 19) + "Z"; };
    fmt::format_to(out, "{:>4}  {:<28} {:<5} {:<4} {:>5.2f} {:>7}  {:<20} {:<20}  {}\n", rank,
                   print_address_and_port(verdict.server), to_string(verdict.server.protocol),
                   to_string(verdict.tier), verdict.probability, verdict.clients,
                   seconds(verdict.first), seconds(verdict.last), print_evidence(verdict));
  }
  if (judgement.verdicts.size() > top)
    fmt::format_to(out, "      … and {} more (--top)\n", judgement.verdicts.size() - top);
  fmt::format_to(out, "\nInfected hosts: {}\n", judgement.infected.size());
  for (const auto& host : judgement.infected) {
    constexpr std::size_t kFindingsShown = 4;
    fmt::format_to(out, "  {:<28}", host.address.to_string());
    for (std::size_t index = 0; index < std::min(host.findings.size(), kFindingsShown); ++index)
      fmt::format_to(out, "{} {}", index == 0 ? "" : ";", print_finding(host.findings[index]));
    if (host.findings.size() > kFindingsShown)
      fmt::format_to(out, "; and {} more", host.findings.size() - kFindingsShown);
    text += '\n';
  }
  if (judgement.incoming_contacts > 0)
    fmt::format_to(out,
                   "Calls from outside: {} contacts, {} scanning sources; not judged as servers\n",
                   judgement.incoming_contacts, judgement.outside_scanners);
  if (judgement.local_clients < 50)
    text += "Fewer than 50 hosts inside: tier B at most; prevalence and social evidence: none\n";
  return text;
}

}  // namespace noroshi
