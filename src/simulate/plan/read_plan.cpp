#include "simulate/plan/read_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "base/time_words.h"
#include "simulate/botnets/botnet.h"
#include "simulate/habits/catalogue.h"
#include "toml/toml_table.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kKindNames[kBotnetKinds] = {
    "mirai", "gafgyt", "irc", "http_beacon", "torii", "fast_flux", "dead", "p2p", "rat"};

std::uint32_t permille(TomlTable& table, std::string_view key, std::uint32_t otherwise,
                       double most = 1.0) {
  const auto value = table.number(key, otherwise / 1000.0, 0.0, most);
  return static_cast<std::uint32_t>(std::lround(value * 1000.0));
}

template <typename T>
T whole(TomlTable& table, std::string_view key, T otherwise, std::int64_t least,
        std::int64_t most) {
  return static_cast<T>(table.integer(key, static_cast<std::int64_t>(otherwise), least, most));
}

/// A duration of at most kLongest; "0s" where `zero` says that it may be none.
milliseconds duration(TomlTable& table, std::string_view key, milliseconds otherwise,
                      bool zero = true) {
  const auto text = table.text(key, "");
  if (!table.has(key)) return otherwise;
  if (zero && (text == "0s" || text == "0")) return milliseconds(0);
  const auto parsed = table.accepted<seconds>(key, parse_duration(text), seconds(1));
  if (parsed > Plan::kLongest) table.refuse(key, "longer than a week");
  return parsed;
}

BotnetKind kind_of(TomlTable& table) {
  const auto word = table.text("kind", "");
  const auto found = std::ranges::find(kKindNames, word);
  if (found != std::end(kKindNames)) return static_cast<BotnetKind>(found - kKindNames);
  table.refuse("kind", fmt::format("'{}' is no kind of botnet; there are {}", word,
                                   fmt::join(kKindNames, ", ")));
  return BotnetKind::kMirai;
}

BotnetPlan read_botnet(TomlTable table, std::size_t index) {
  BotnetPlan botnet;
  botnet.kind = kind_of(table);
  const auto kind = to_string(botnet.kind);
  botnet.name = table.text("name", fmt::format("{}-{}", kind, index + 1));
  botnet.family = table.text("family", std::string(kind));
  botnet.lines = whole<std::uint32_t>(table, "lines", 1, 1, Plan::kMostBots);
  botnet.from = duration(table, "from", botnet.from);
  botnet.until = duration(table, "until", botnet.until);
  botnet.spread = duration(table, "spread", botnet.spread);
  botnet.period = duration(table, "period", botnet.period, false);
  if (table.has("jitter"))
    botnet.jitter_permille = static_cast<std::int32_t>(permille(table, "jitter", 0, 0.9));
  botnet.port = whole<std::uint16_t>(table, "port", 0, 1, 65'535);
  botnet.servers = whole<std::uint32_t>(table, "servers", 0, 1, 64);
  botnet.move_every = duration(table, "move_every", botnet.move_every, false);
  if (botnet.move_every > milliseconds(0) && botnet.move_every < seconds(60))
    table.refuse("move_every", "shorter than a minute");
  botnet.dead_from = duration(table, "dead_from", botnet.dead_from);
  botnet.sinkhole_from = duration(table, "sinkhole_from", botnet.sinkhole_from);
  if (table.has("scan")) botnet.scan = table.boolean("scan", false) ? 1 : 0;
  botnet.scan_rate = whole<std::uint32_t>(table, "scan_rate", 0, 1, 1'000);
  if (table.has("attacks")) botnet.attacks = whole<std::int32_t>(table, "attacks", 0, 0, 100);
  botnet.attack_length = duration(table, "attack_length", botnet.attack_length, false);
  if (botnet.until > milliseconds(0) && botnet.until <= botnet.from)
    table.refuse("until", "not after 'from'");
  return botnet;
}

KnownServer read_server(TomlTable table) {
  static constexpr std::string_view kRoles[] = {"command", "report", "load", "sinkhole", "service"};
  KnownServer server;
  server.endpoint.address =
      table.accepted("address", IpAddress::parse(table.text("address", "")), IpAddress());
  server.endpoint.port.value = whole<std::uint16_t>(table, "port", 0, 0, 65'535);
  server.endpoint.protocol =
      table.accepted("protocol", parse_protocol(table.text("protocol", "tcp")), kTcp);
  server.role = table.text("role", "command");
  if (std::ranges::find(kRoles, server.role) == std::end(kRoles))
    table.refuse(
        "role", fmt::format("'{}' is no role; there are {}", server.role, fmt::join(kRoles, ", ")));
  server.family = table.text("family", "");
  return server;
}

InjectPlan read_injection(TomlTable table) {
  InjectPlan inject;
  inject.file = table.text("file", "");
  if (inject.file.empty()) table.refuse("file", "a recording is to be named");
  inject.host = table.accepted("host", IpAddress::parse(table.text("host", "")), IpAddress());
  inject.shift = duration(table, "shift", inject.shift);
  inject.line = whole<std::int64_t>(table, "line", -1, 0, Plan::kMostLines - 1);
  inject.times = whole<std::uint32_t>(table, "times", 1, 1, 1'000);
  inject.stagger = duration(table, "stagger", inject.stagger);
  inject.family = table.text("family", "");
  for (auto& server : table.tables("server")) inject.servers.push_back(read_server(server));
  if (inject.line >= 0 && inject.times > 1)
    table.refuse("line", "one line cannot have the same recording several times");
  return inject;
}

ViewPlan read_view(TomlTable table) {
  static constexpr std::string_view kFormats[] = {"nfcapd",   "ipfix",     "csv",  "netflow5",
                                                  "netflow9", "ipfix-udp", "sflow"};
  ViewPlan view;
  view.sampling = whole<std::uint32_t>(table, "sampling", 1, 1, Plan::kLargestSampling);
  view.name = table.text("name", fmt::format("r{}", view.sampling));
  if (view.name.empty() || view.name.find('/') != std::string::npos || view.name.starts_with('.'))
    table.refuse("name", "a name that can name a folder is needed");
  view.active_timeout = duration(table, "active_timeout", view.active_timeout, false);
  view.idle_timeout = duration(table, "idle_timeout", view.idle_timeout, false);
  if (view.idle_timeout < seconds(10))
    table.refuse("idle_timeout", "shorter than ten seconds, the longest piece of a conversation");
  view.format = table.text("format", view.format);
  if (std::ranges::find(kFormats, view.format) == std::end(kFormats))
    table.refuse("format", fmt::format("'{}' is no format; there are {}", view.format,
                                       fmt::join(kFormats, ", ")));
  view.rotate = std::chrono::duration_cast<seconds>(duration(table, "rotate", view.rotate));
  return view;
}

void read_population(TomlTable table, Plan& plan) {
  plan.lines = whole<std::uint32_t>(table, "lines", plan.lines, 1, Plan::kMostLines);
  plan.offices_permille = permille(table, "offices", plan.offices_permille);
  plan.servers_permille = permille(table, "servers", plan.servers_permille);
  if (plan.offices_permille + plan.servers_permille > 1000)
    table.refuse("servers", "offices and servers together are more than all lines");
  plan.cgn_permille = permille(table, "cgn", plan.cgn_permille);
  plan.cgn_lines = whole<std::uint32_t>(table, "cgn_lines", plan.cgn_lines, 2, 64);
  plan.ipv6_permille = permille(table, "ipv6", plan.ipv6_permille);
  plan.activity_permille = permille(table, "activity", plan.activity_permille, 10.0);
}

void read_habits(TomlTable table, Plan& plan) {
  const auto& names = habit_names();
  for (const auto& key : table.keys()) {
    if (std::ranges::find(names, key) == names.end()) {
      table.refuse(key,
                   fmt::format("there is no such habit; known here: {}", fmt::join(names, ", ")));
      return;
    }
    plan.habits[key] = permille(table, key, 1'000, 20.0);
  }
}

void check_whole(TomlTable& root, const Plan& plan) {
  std::uint64_t bots = 0;
  std::set<std::string> names;
  for (const auto& botnet : plan.botnets) {
    bots += botnet.lines;
    if (Botnet::posts_of(botnet, plan) > Botnet::kMostPosts)
      root.refuse("botnet", fmt::format("the servers of '{}' move more than {} times", botnet.name,
                                        Botnet::kMostPosts));
    if (botnet.from >= plan.duration)
      root.refuse("botnet", fmt::format("'{}' begins after the scenario's end", botnet.name));
    if (!names.insert(botnet.name).second)
      root.refuse("botnet", fmt::format("'{}' is there twice", botnet.name));
  }
  for (const auto& inject : plan.injections) {
    bots += inject.times;
    if (inject.line >= static_cast<std::int64_t>(plan.lines))
      root.refuse("inject",
                  fmt::format("line {} is not among the {} lines", inject.line, plan.lines));
  }
  if (bots > Plan::kMostBots)
    root.refuse("botnet", fmt::format("{} infected lines are more than {}", bots, Plan::kMostBots));
  if (bots * 2 > plan.lines)
    root.refuse("botnet",
                fmt::format("{} infected lines are more than half of {}", bots, plan.lines));
  if (plan.botnets.size() > Plan::kMostBotnets)
    root.refuse("botnet", fmt::format("more than {}", Plan::kMostBotnets));
  names.clear();
  for (const auto& view : plan.views)
    if (!names.insert(view.name).second)
      root.refuse("view", fmt::format("'{}' is there twice", view.name));
  if (plan.views.size() > Plan::kMostViews)
    root.refuse("view", fmt::format("more than {}", Plan::kMostViews));
}

}  // namespace

std::string_view to_string(BotnetKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

namespace {

Result<Plan> plan_of(const TomlFile& file, const std::string& name) {
  auto root = file.root();
  Plan plan;
  const std::filesystem::path path(name);
  plan.folder = path.parent_path().string();
  plan.name = root.text("name", path.stem().string());
  plan.seed = static_cast<std::uint64_t>(root.integer("seed", 1, 0, INT64_MAX));
  if (const auto start = root.text("start", ""); root.has("start"))
    plan.start = root.accepted("start", parse_moment(start), plan.start);
  plan.duration =
      std::chrono::duration_cast<seconds>(duration(root, "duration", plan.duration, false));
  read_population(root.table("population"), plan);
  read_habits(root.table("habits"), plan);
  for (auto& table : root.tables("botnet"))
    plan.botnets.push_back(read_botnet(table, plan.botnets.size()));
  for (auto& table : root.tables("inject")) plan.injections.push_back(read_injection(table));
  for (auto& table : root.tables("view")) plan.views.push_back(read_view(table));
  if (plan.views.empty()) plan.views.push_back({.name = "r1"});
  check_whole(root, plan);
  TRY(file.finish());
  return plan;
}

}  // namespace

Result<Plan> parse_plan(std::string_view text, const std::string& name) {
  return plan_of(TRY(TomlFile::parse(text, name)), name);
}

Result<Plan> read_plan(const std::string& path) { return plan_of(TRY(TomlFile::read(path)), path); }

}  // namespace noroshi::simulate
