#include "collect_summary.h"

#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>

#include "collect/hints.h"

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

std::uint64_t undecodable(const DecodeStatistics& statistics) {
  return std::accumulate(statistics.undecodable.begin(), statistics.undecodable.end(),
                         std::uint64_t{0});
}

Json reasons(const DecodeStatistics& statistics) {
  Json result = Json::object();
  for (std::size_t at = 0; at < kUndecodableReasons; ++at) {
    const auto reason = static_cast<Undecodable>(at);
    if (statistics.of(reason) != 0) result[std::string(to_string(reason))] = statistics.of(reason);
  }
  return result;
}

Json hints_as_json(const std::vector<Hint>& hints) {
  Json result = Json::array();
  for (const auto& hint : hints)
    result.push_back({{"code", hint.code}, {"en", hint.english}, {"ja", hint.japanese}});
  return result;
}

Json socket_hints(const CollectorReport& report) {
  Json result = Json::array();
  for (const auto& socket : report.sockets)
    for (auto& hint : hints_as_json(hints(socket))) result.push_back(std::move(hint));
  return result;
}

Json connections_as_json(const ConnectionCounters& connections) {
  return {{"accepted", connections.accepted},
          {"refused_by_policy", connections.refused_by_policy},
          {"refused_by_limit", connections.refused_by_limit},
          {"idle", connections.idle},
          {"unframed", connections.unframed},
          {"failed", connections.failed}};
}

Json exporter_as_json(const ExporterReport& exporter) {
  const auto& counters = exporter.counters;
  return {{"address", exporter.address.to_string()},
          {"name", exporter.name},
          {"allowed", exporter.allowed},
          {"datagrams", counters.datagrams},
          {"flows", counters.decode.flows},
          {"events", counters.decode.events},
          {"lost", counters.decode.lost_records + counters.decode.lost_datagrams},
          {"refused", counters.refused},
          {"over_rate", counters.over_rate},
          {"undecodable", undecodable(counters.decode)},
          {"templates", exporter.templates},
          {"provisional_templates", exporter.provisional_templates},
          {"hints", hints_as_json(hints(exporter, exporter.last_seen))},
          {"first_seen", to_rfc3339(exporter.first_seen)},
          {"last_seen", to_rfc3339(exporter.last_seen)}};
}

}  // namespace

std::uint64_t lost(const CollectorReport& report) {
  return report.totals.decode.lost_records + report.totals.decode.lost_datagrams;
}

std::string summary_as_json(const CollectSummary& summary) {
  const auto& totals = summary.report.totals;
  Json exporters = Json::array();
  for (const auto& exporter : summary.exporters) exporters.push_back(exporter_as_json(exporter));
  Json json = {{"datagrams", totals.datagrams},
               {"flows", totals.decode.flows},
               {"lost", lost(summary.report)},
               {"kernel_drops", summary.report.kernel_drops},
               {"undecodable", undecodable(totals.decode)},
               {"cpu_seconds", summary.cpu_seconds},
               {"bytes_stored", summary.kept.bytes_stored},
               {"seconds", summary.seconds},
               {"octets", totals.octets},
               {"records", totals.decode.records},
               {"events", totals.decode.events},
               {"option_records", totals.decode.option_records},
               {"templates", totals.decode.templates},
               {"provisional_records", totals.decode.provisional_records},
               {"lost_records", totals.decode.lost_records},
               {"lost_datagrams", totals.decode.lost_datagrams},
               {"reordered", totals.decode.reordered},
               {"sequence_resets", totals.decode.sequence_resets},
               {"undecodable_by_reason", reasons(totals.decode)},
               {"refused", totals.refused},
               {"over_rate", totals.over_rate},
               {"sessions_evicted", totals.decode.sessions_evicted},
               {"templates_evicted", totals.decode.templates_evicted},
               {"interface_names_evicted", totals.decode.interface_names_evicted},
               {"exporters_evicted", summary.report.exporters_evicted},
               {"batches", summary.report.batches},
               {"flows_kept", summary.kept.flows_kept},
               {"flows_summarised", summary.kept.flows_summarised},
               {"flows_not_summarised", summary.kept.flows_not_summarised},
               {"peak_memory_kib", summary.peak_memory_kib},
               {"connections", connections_as_json(summary.report.connections)},
               {"hints", socket_hints(summary.report)},
               {"exporters", exporters}};
  if (summary.pseudonyms) {
    const auto& pseudonyms = summary.kept.pseudonyms;
    json["pseudonyms"] = {{"replaced_v4", pseudonyms.replaced_v4},
                          {"replaced_v6", pseudonyms.replaced_v6},
                          {"embedded", pseudonyms.embedded},
                          {"forged", pseudonyms.forged},
                          {"without_key", pseudonyms.without_key}};
  }
  return json.dump() + "\n";
}

std::string summary_as_table(const CollectSummary& summary) {
  const auto& totals = summary.report.totals;
  std::string text;
  const auto out = std::back_inserter(text);
  const auto row = [&](std::string_view name, std::uint64_t value) {
    fmt::format_to(out, "{:<28} {:>14}\n", name, value);
  };
  row("datagrams", totals.datagrams);
  row("flows", totals.decode.flows);
  row("events (NAT, firewall)", totals.decode.events);
  row("lost, by sequence numbers", lost(summary.report));
  row("dropped by the kernel", summary.report.kernel_drops);
  row("undecodable", undecodable(totals.decode));
  row("refused by policy", totals.refused);
  row("above a rate cap", totals.over_rate);
  fmt::format_to(out, "{:<28} {:>14.1f}\n{:<28} {:>14.2f}\n", "seconds", summary.seconds,
                 "processor seconds", summary.cpu_seconds);
  if (summary.pseudonyms) {
    const auto& pseudonyms = summary.kept.pseudonyms;
    row("pseudonyms", pseudonyms.replaced_v4 + pseudonyms.replaced_v6);
    row("forged pseudonyms, blanked", pseudonyms.forged);
  }
  if (summary.kept.flows_kept > 0) {
    row("flows kept", summary.kept.flows_kept);
    row("bytes on disk", summary.kept.bytes_stored);
  }
  if (summary.exporters.empty()) return text;
  fmt::format_to(out, "\n{:<40} {:>12} {:>14} {:>10} {:>11}\n", "exporter", "datagrams", "flows",
                 "lost", "undecodable");
  for (const auto& exporter : summary.exporters) {
    const auto& decode = exporter.counters.decode;
    const auto name = exporter.name.empty()
                          ? exporter.address.to_string()
                          : fmt::format("{} ({})", exporter.name, exporter.address.to_string());
    fmt::format_to(out, "{:<40} {:>12} {:>14} {:>10} {:>11}\n", name, exporter.counters.datagrams,
                   decode.flows, decode.lost_records + decode.lost_datagrams, undecodable(decode));
    for (const auto& hint : hints(exporter, exporter.last_seen))
      fmt::format_to(out, "  {}: {}\n", hint.code, hint.english);
  }
  return text;
}

}  // namespace noroshi
