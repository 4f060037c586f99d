#include "exporters_list.h"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/open_desk.h"
#include "output.h"
#include "place_options.h"
#include "question/answer_text.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  DeskPlace place;
  bool interfaces = false;
  bool json = false;
};

std::string joined(const Json& values) {
  std::string text;
  for (const auto& value : values) {
    if (!text.empty()) text += ',';
    text += value.is_string() ? value.get<std::string>() : value.dump();
  }
  return text.empty() ? "-" : text;
}

/// Rates as people say them: "1:1000", "?" where the exporter states none.
std::string rates(const Json& values) {
  std::string text;
  for (const auto& value : values) {
    if (!text.empty()) text += ',';
    const auto rate = value.get<std::uint64_t>();
    text += rate == 0 ? "?" : fmt::format("1:{}", rate);
  }
  return text.empty() ? "-" : text;
}

/// The first row is the header.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<TextTable::Column> columns;
  for (const auto& title : rows.front()) columns.push_back({title, TextTable::Align::kLeft});
  TextTable table(std::move(columns));
  for (std::size_t i = 1; i < rows.size(); ++i) table.add(rows[i]);
  return table.text();
}

std::string table_of_interfaces(const Json& document) {
  std::vector<std::vector<std::string>> rows{
      {"Exporter", "Name", "Index", "Interface", "Description", "Leads", "Says"}};
  const auto text = [](const Json& object, const char* member) {
    const auto value = object.at(member).get<std::string>();
    return value.empty() ? "-" : value;
  };
  for (const auto& each : document.at("interfaces"))
    rows.push_back({text(each, "exporter"), text(each, "exporter_name"), each.at("index").dump(),
                    text(each, "name"), text(each, "description"),
                    each.at("external").get<bool>() ? "outside" : "-",
                    each.at("configured").get<bool>() ? "configuration" : "exporter"});
  return aligned(rows);
}

std::string table_of(const Json& document) {
  std::vector<std::vector<std::string>> rows{{"Exporter", "Name", "Protocols", "Flows", "Lost",
                                              "Undecodable", "Sampling", "Templates", "Clock",
                                              "Last seen"}};
  std::string hints;
  // The environment decides as it does for the rest of a terminal: LANG=ja_JP.UTF-8.
  const char* language = std::getenv("LANG");
  const bool japanese = language != nullptr && std::string_view(language).starts_with("ja");
  for (const auto& exporter : document.at("exporters")) {
    std::vector<std::string> protocols;
    for (const auto& [name, datagrams] : exporter.at("protocols").items())
      protocols.push_back(name);
    std::uint64_t undecodable = 0;
    for (const auto& [reason, times] : exporter.at("undecodable").items())
      undecodable += times.get<std::uint64_t>();
    const auto address = exporter.at("address").get<std::string>();
    const auto name = exporter.at("name").get<std::string>();
    const auto provisional = exporter.at("provisional_templates").get<std::uint64_t>();
    const auto& skew = exporter.at("clock_skew_milliseconds");
    rows.push_back({address, name.empty() ? "-" : name, joined(protocols),
                    exporter.at("flows").dump(),
                    fmt::format("{}", exporter.at("lost_records").get<std::uint64_t>() +
                                          exporter.at("lost_datagrams").get<std::uint64_t>()),
                    fmt::format("{}", undecodable), rates(exporter.at("sampling_rates")),
                    exporter.at("templates").dump() +
                        (provisional == 0 ? "" : fmt::format(" ({} provisional)", provisional)),
                    skew.is_null() ? "-" : fmt::format("{:+.1f} s", skew.get<double>() / 1000),
                    exporter.at("last_seen").get<std::string>()});
    for (const auto& hint : exporter.at("hints"))
      hints += fmt::format("{}{}: {}\n", address, name.empty() ? "" : " (" + name + ")",
                           hint.at(japanese ? "ja" : "en").get<std::string>());
  }
  for (const auto& socket : document.at("sockets"))
    for (const auto& hint : socket.at("hints"))
      hints += fmt::format("{}: {}\n", socket.at("listener").get<std::string>(),
                           hint.at(japanese ? "ja" : "en").get<std::string>());

  auto text = aligned(rows);
  if (!hints.empty()) text += "\n" + hints;
  return text;
}

Exit run(const Options& options) {
  auto desk = open_desk(options.place);
  const auto document = !desk                ? tl::unexpected(desk.error())
                        : options.interfaces ? (*desk)->interfaces()
                                             : (*desk)->exporters();
  if (!document) {
    complain(document.error().message);
    return Exit::kFailed;
  }
  Output output;
  if (options.json) {
    output.write(*document + "\n");
    return output.exit();
  }
  const auto parsed = Json::parse(*document, nullptr, false);
  if (parsed.is_discarded()) {
    complain("the daemon's answer is not JSON");
    return Exit::kFailed;
  }
  output.write(options.interfaces ? table_of_interfaces(parsed) : table_of(parsed));
  return output.exit();
}

}  // namespace

void add_exporters_commands(CLI::App& app, Action& action) {
  auto* exporters = app.add_subcommand("exporters", "Who sends flows, and how well.");
  exporters->require_subcommand(1);
  auto* list = exporters->add_subcommand(
      "list", "Every exporter heard: flows, loss, templates, sampling, clock, and what to mend.");
  auto options = std::make_shared<Options>();
  add_config_option(*list, options->place, "the daemon's configuration, which names its socket");
  list->add_flag("--interfaces", options->interfaces,
                 "Instead the interfaces that have a name: by configuration, or because their "
                 "exporter says so");
  list->add_flag("--json", options->json, "as JSON: every counter");
  list->footer(
      "Examples:\n"
      "  noroshi exporters list\n"
      "  noroshi exporters list --interfaces\n"
      "  noroshi exporters list --json | jq '.exporters[] | select(.hints != [])'\n"
      "\n"
      "Exit status: 0 done; 1 no daemon serves; 2 misused.");
  list->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
