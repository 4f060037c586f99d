#include "learn/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "filter/moment.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

ServerRole role_of(std::string_view role) {
  if (role == "command") return ServerRole::kCommand;
  if (role == "sinkhole") return ServerRole::kSinkhole;
  if (role == "report" || role == "load") return ServerRole::kHelper;
  if (role == "victim") return ServerRole::kVictim;
  if (role == "peer") return ServerRole::kPeer;
  return ServerRole::kService;
}

/// 0 for null and anything that is no moment.
std::uint64_t moment_of(const Json& value) {
  if (!value.is_string()) return 0;
  return parse_filter_moment(value.get<std::string>(), Timestamp()).value_or(0);
}

Result<Endpoint> endpoint_of(const Json& record) {
  Endpoint endpoint;
  endpoint.address = TRY(IpAddress::parse(record.value("address", "")));
  endpoint.port = Port{record.value("port", std::uint16_t{0})};
  endpoint.protocol = TRY(parse_protocol(record.value("protocol", "tcp")));
  return endpoint;
}

void take_scenario(const Json& record, NetworkTruth& truth) {
  truth.name = record.value("name", truth.name);
  truth.seed = record.value("seed", std::uint64_t{0});
  truth.lines = record.value("lines", std::uint64_t{0});
  truth.start = from_unix_milliseconds(moment_of(record.value("start", Json())));
  truth.end = from_unix_milliseconds(moment_of(record.value("end", Json())));
  truth.local_prefixes = record.value("local_prefixes", std::vector<std::string>());
  for (const auto& view : record.value("views", Json::array()))
    truth.views.push_back({view.value("name", ""), view.value("sampling", 0U)});
}

Status take_endpoint(const Json& record, NetworkTruth& truth) {
  ServerTruth server;
  server.role = role_of(record.value("role", ""));
  server.kind = record.value("kind", "");
  server.family = record.value("family", "");
  server.lines = record.value("lines", std::uint64_t{0});
  server.packets = record.value("packets", std::uint64_t{0});
  server.first = moment_of(record.value("first", Json()));
  server.last = moment_of(record.value("last", Json()));
  truth.servers.emplace(TRY(endpoint_of(record)), std::move(server));
  return {};
}

Result<NetworkTruth> parse_lines(std::string_view text, const std::string& name) {
  NetworkTruth truth{.name = name};
  bool ended = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const auto record = Json::parse(line, nullptr, false);
    const auto bad = [&](std::string_view what) {
      return failure(ErrorCode::kMalformed, fmt::format("{}:{}: {}", name, number, what));
    };
    if (!record.is_object() || !record.contains("record")) return bad("not a record of a truth");
    const auto& kind = record["record"];
    if (kind == "scenario") take_scenario(record, truth);
    if (kind == "endpoint")
      if (const auto taken = take_endpoint(record, truth); !taken)
        return bad(taken.error().message);
    ended |= kind == "end";
  }
  if (!ended)
    return failure(ErrorCode::kTruncated, name + ": the truth has no end: it is not whole");
  return truth;
}

/// The form of a run with options: lists instead of records.
Result<NetworkTruth> parse_document(const Json& document, const std::string& name) {
  NetworkTruth truth{.name = name};
  const auto scenario = document.value("scenario", Json::object());
  truth.seed = scenario.value("seed", std::uint64_t{0});
  truth.lines = scenario.value("subscribers", std::uint64_t{0});
  truth.start = from_unix_milliseconds(moment_of(scenario.value("start", Json())));
  truth.end = from_unix_milliseconds(moment_of(scenario.value("end", Json())));
  truth.local_prefixes = document.value("local_prefixes", std::vector<std::string>());
  for (const auto& router : scenario.value("routers", Json::array()))
    truth.views.push_back({"", router.value("sampling", 0U)});
  constexpr std::array<std::pair<const char*, const char*>, 4> kLists{
      {{"command_and_control", "command"},
       {"helpers", "load"},
       {"victims", "victim"},
       {"hard_negatives", "service"}}};
  for (const auto& [list, role] : kLists)
    for (const auto& entry : document.value(list, Json::array())) {
      auto record = entry;
      record["role"] = role;
      record["kind"] = entry.value("habit", entry.value("family", ""));
      for (const char* clients : {"clients", "attackers"})
        if (entry.contains(clients))
          record["lines"] =
              entry[clients].is_array() ? Json(entry[clients].size()) : entry[clients];
      TRY(take_endpoint(record, truth));
    }
  return truth;
}

}  // namespace

std::string_view to_string(ServerRole role) {
  constexpr std::array<std::string_view, kServerRoles> kNames{
      "command", "service", "ordinary", "peer", "victim", "helper", "sinkhole"};
  return kNames[static_cast<std::size_t>(role)];
}

Result<NetworkTruth> parse_truth(std::string_view text, const std::string& name) {
  const auto document = Json::parse(text, nullptr, false);
  if (document.is_object() && document.contains("command_and_control"))
    return parse_document(document, name);
  return parse_lines(text, name);
}

NetworkTruth truth_of(const simulate::Network& network) {
  const auto& plan = network.plan();
  NetworkTruth truth{.name = plan.name,
                     .seed = plan.seed,
                     .lines = plan.lines,
                     .start = plan.start,
                     .end = plan.end(),
                     .local_prefixes = network.local_prefixes()};
  for (const auto& view : plan.views) truth.views.push_back({view.name, view.sampling});
  const auto& book = network.truth();
  for (std::uint32_t number = 1; number <= book.size(); ++number) {
    const auto& subject = book.subject(number);
    const auto& about = subject.about();
    const auto span = subject.span();
    truth.servers.emplace(about.endpoint, ServerTruth{.role = role_of(about.role),
                                                      .kind = about.kind,
                                                      .family = about.family,
                                                      .lines = subject.lines(),
                                                      .packets = subject.packets(),
                                                      .first = span.first,
                                                      .last = span.last});
  }
  return truth;
}

}  // namespace noroshi
