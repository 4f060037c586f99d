#include "simulation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulate/exporter.h"
#include "simulate/services.h"

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;
using simulate::ExportProtocol;
using simulate::route_of;
using simulate::Scenario;
using simulate::Truth;

Json addresses(const std::set<IpAddress>& set) {
  auto list = Json::array();
  for (const auto& address : set) list.push_back(address.to_string());
  return list;
}

Json with_endpoint(const Endpoint& endpoint) {
  return {{"address", endpoint.address.to_string()},
          {"port", endpoint.port.value},
          {"protocol", to_string(endpoint.protocol)}};
}

void add_span(Json& object, const Truth::Span& span) {
  object["first"] = to_rfc3339(span.first);
  object["last"] = to_rfc3339(span.last);
}

Json scenario_json(const Scenario& scenario) {
  auto routers = Json::array();
  for (std::size_t i = 0; i < simulate::kExportProtocols; ++i) {
    if (!scenario.routers[i]) continue;
    const auto protocol = static_cast<ExportProtocol>(i);
    routers.push_back({{"protocol", to_string(protocol)},
                       {"exporter", route_of(protocol).source.to_string()},
                       {"sampling", protocol == ExportProtocol::kSflow5 ? scenario.sflow_sampling
                                                                        : scenario.sampling}});
  }
  return {{"seed", scenario.seed},
          {"subscribers", scenario.subscribers},
          {"infected", scenario.infected},
          {"start", to_rfc3339(scenario.start)},
          {"end", to_rfc3339(scenario.end())},
          {"duration_seconds", scenario.duration.count()},
          {"routers", routers}};
}

Json commands_json(const Truth& truth) {
  auto list = Json::array();
  for (const auto& [endpoint, command] : truth.commands) {
    auto object = with_endpoint(endpoint);
    object["family"] = to_string(command.family);
    add_span(object, command.span);
    object["clients"] = addresses(command.clients);
    object["visible_clients"] = addresses(command.visible_clients);
    object["exported_flows"] = command.exported_flows;
    list.push_back(std::move(object));
  }
  return list;
}

Json infected_json(const Truth& truth) {
  auto list = Json::array();
  for (const auto& [address, infected] : truth.infected) {
    auto roles = Json::array();
    for (const auto role : infected.roles) roles.push_back(to_string(role));
    Json object{
        {"address", address.to_string()}, {"family", to_string(infected.family)}, {"roles", roles}};
    add_span(object, infected.span);
    list.push_back(std::move(object));
  }
  return list;
}

Json victims_json(const Truth& truth) {
  auto list = Json::array();
  for (const auto& [endpoint, victim] : truth.victims) {
    auto object = with_endpoint(endpoint);
    object["family"] = to_string(victim.family);
    add_span(object, victim.span);
    object["attackers"] = addresses(victim.attackers);
    object["packets"] = victim.packets;
    object["bytes"] = victim.bytes;
    list.push_back(std::move(object));
  }
  return list;
}

Json scanners_json(const Truth& truth) {
  auto list = Json::array();
  for (const auto& [address, scanner] : truth.scanners) {
    Json object{{"address", address.to_string()},
                {"inside", scanner.inside},
                {"ports", scanner.ports},
                {"probes", scanner.probes}};
    add_span(object, scanner.span);
    list.push_back(std::move(object));
  }
  return list;
}

Json helpers_json(const Truth& truth) {
  auto list = Json::array();
  for (const auto& [endpoint, helper] : truth.helpers) {
    auto object = with_endpoint(endpoint);
    object["family"] = to_string(helper.family);
    object["role"] = to_string(helper.purpose);
    add_span(object, helper.span);
    object["clients"] = addresses(helper.clients);
    list.push_back(std::move(object));
  }
  return list;
}

Json hard_negatives_json(const Truth& truth) {
  auto list = Json::array();
  for (const auto& [endpoint, negative] : truth.hard_negatives) {
    auto object = with_endpoint(endpoint);
    object["habit"] = to_string(negative.purpose);
    object["clients"] = negative.clients.size();
    list.push_back(std::move(object));
  }
  return list;
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::string truth_json(const Scenario& scenario, const Truth& truth) {
  auto prefixes = Json::array();
  for (const auto* prefix : simulate::kLinePrefixes) prefixes.push_back(prefix);
  const Json document{{"says", "simulated"},
                      {"simulated", true},
                      {"scenario", scenario_json(scenario)},
                      {"local_prefixes", prefixes},
                      {"command_and_control", commands_json(truth)},
                      {"infected", infected_json(truth)},
                      {"victims", victims_json(truth)},
                      {"scanners", scanners_json(truth)},
                      {"helpers", helpers_json(truth)},
                      {"hard_negatives", hard_negatives_json(truth)}};
  return document.dump(1) + "\n";
}

std::string summary_json(const Scenario& scenario, const SimulationSummary& summary,
                         const Truth& truth) {
  auto routers = Json::array();
  for (const auto& router : summary.routers) {
    routers.push_back({{"protocol", to_string(router.protocol)},
                       {"exporter", route_of(router.protocol).source.to_string()},
                       {"datagrams", router.encoded.datagrams},
                       {"records", router.encoded.records},
                       {"option_records", router.encoded.option_records},
                       {"templates", router.encoded.templates},
                       {"skipped", router.encoded.skipped},
                       {"saturated", router.encoded.saturated},
                       {"octets", router.octets},
                       {"packets", router.packets},
                       {"bytes", router.bytes}});
  }
  const Json document{{"simulated", true},
                      {"scenario", scenario_json(scenario)},
                      {"exported", routers},
                      {"command_and_control", truth.commands.size()},
                      {"infected", truth.infected.size()},
                      {"output", or_null(summary.output)},
                      {"truth", or_null(summary.truth)},
                      {"sent_to", or_null(summary.sent_to)},
                      {"sent", summary.sent},
                      {"seconds", static_cast<double>(summary.took.count()) / 1000.0}};
  return document.dump(1) + "\n";
}

std::string summary_text(const Scenario& scenario, const SimulationSummary& summary,
                         const Truth& truth) {
  auto text =
      fmt::format("simulated {} subscribers from {} to {} (seed {}) in {:.1f} s\n",
                  scenario.subscribers, to_rfc3339(scenario.start), to_rfc3339(scenario.end()),
                  scenario.seed, static_cast<double>(summary.took.count()) / 1000.0);
  for (const auto& router : summary.routers)
    text += fmt::format("  {:<8} {} datagrams, {} records, {:.1f} MB\n", to_string(router.protocol),
                        router.encoded.datagrams, router.encoded.records,
                        static_cast<double>(router.octets) / 1e6);
  text += fmt::format("  {} C&C servers, {} infected lines\n", truth.commands.size(),
                      truth.infected.size());
  if (!summary.output.empty()) text += fmt::format("  capture  {}\n", summary.output);
  if (!summary.truth.empty()) text += fmt::format("  truth    {}\n", summary.truth);
  if (!summary.sent_to.empty())
    text += fmt::format("  sent     {} datagrams to {}\n", summary.sent, summary.sent_to);
  return text;
}

}  // namespace noroshi
