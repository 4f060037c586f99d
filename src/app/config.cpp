#include "app/config.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include "guard/digest.h"
#include "guard/pseudonym/subscriber_ranges.h"
#include "toml/toml_table.h"

// Door (in): the configuration. Guard: belongs to the operator; unknown keys are refused.

namespace noroshi {
namespace {

constexpr std::int64_t kMostU32 = std::numeric_limits<std::uint32_t>::max();

std::uint32_t u32(TomlTable& table, std::string_view key, std::uint32_t otherwise,
                  std::int64_t least = 0, std::int64_t most = kMostU32) {
  return static_cast<std::uint32_t>(table.integer(key, otherwise, least, most));
}

std::vector<Prefix> prefixes(TomlTable& table, std::string_view key) {
  std::vector<Prefix> result;
  for (const auto& text : table.texts(key, {})) {
    if (auto prefix = Prefix::parse(text))
      result.push_back(*prefix);
    else
      table.refuse(key, prefix.error().message);
  }
  return result;
}

Config::Collect read_collect(TomlTable table) {
  Config::Collect collect;
  collect.listen = table.texts("listen", collect.listen);
  if (collect.listen.empty()) table.refuse("listen", "at least one address is needed");
  collect.workers = u32(table, "workers", collect.workers, 1, 64);
  collect.receive_buffer_mib = u32(table, "receive_buffer_mib", 32, 1, 4096);
  collect.allow_unknown = table.boolean("allow_unknown", collect.allow_unknown);
  collect.rate_cap = u32(table, "rate_cap", collect.rate_cap);
  collect.sampling = u32(table, "sampling", collect.sampling);
  collect.most_exporters = u32(table, "most_exporters", 4096, 1, 1'000'000);
  collect.templates_kept = std::chrono::hours(table.integer("templates_kept_hours", 72, 0, 8760));
  auto tls = table.table("tls");
  collect.tls.certificate = tls.text("certificate", "");
  collect.tls.key = tls.text("key", "");
  collect.tls.client_ca = tls.text("client_ca", "");
  for (const auto& address : collect.listen)
    if (address.starts_with("tls://") &&
        (collect.tls.certificate.empty() || collect.tls.key.empty()))
      table.refuse("listen",
                   fmt::format("{} needs collect.tls.certificate and collect.tls.key", address));
  return collect;
}

Config::Exporter::Interface read_interface(TomlTable& table) {
  Config::Exporter::Interface interface;
  if (!table.has("index")) table.refuse("index", "every interface needs its number");
  interface.index = u32(table, "index", 0);
  interface.name = table.text("name", "");
  interface.external = table.boolean("external", false);
  return interface;
}

Config::Exporter read_exporter(TomlTable& table) {
  Config::Exporter exporter;
  exporter.name = table.text("name", "");
  if (exporter.name.empty()) table.refuse("name", "every exporter needs a name");
  exporter.addresses = prefixes(table, "addresses");
  if (exporter.addresses.empty())
    table.refuse("addresses", "at least one address or prefix is needed");
  exporter.allow = table.boolean("allow", true);
  if (table.has("rate_cap")) exporter.rate_cap = u32(table, "rate_cap", 0);
  exporter.sampling = u32(table, "sampling", 0);
  exporter.sampling_override = u32(table, "sampling_override", 0);
  exporter.port_in_key = table.boolean("port_in_key", false);
  for (auto& each : table.tables("interfaces")) exporter.interfaces.push_back(read_interface(each));
  std::set<std::uint32_t> indexes;
  for (const auto& each : exporter.interfaces)
    if (!indexes.insert(each.index).second)
      table.refuse("interfaces", fmt::format("interface {} stands here twice", each.index));
  return exporter;
}

/// Of the addresses of several entries the first entry counts, so those of a later one would give
/// its interfaces to exporters that are not its own.
void read_exporters(TomlTable& root, Config& config) {
  for (auto& table : root.tables("exporter")) {
    auto exporter = read_exporter(table);
    for (const auto& other : config.exporters)
      for (const auto& theirs : other.addresses)
        for (const auto& own : exporter.addresses)
          if (!exporter.interfaces.empty() &&
              (theirs.contains(own.address()) || own.contains(theirs.address())))
            table.refuse("interfaces",
                         fmt::format("{} and {} of '{}' overlap: an entry with interfaces needs "
                                     "addresses that no entry before it has",
                                     own.to_string(), theirs.to_string(), other.name));
    config.exporters.push_back(std::move(exporter));
  }
}

Config::History read_history(TomlTable table) {
  Config::History history;
  const auto kind = table.text("engine", "embedded");
  if (kind == "none")
    history.kind = Config::History::Kind::kNone;
  else if (kind == "cluster")
    history.kind = Config::History::Kind::kCluster;
  else if (kind != "embedded")
    table.refuse("engine", fmt::format("'{}' is not embedded, cluster or none", kind));
  history.folder = table.text("folder", history.folder);
  history.engine_library = table.text("engine_library", "");
  history.threads = u32(table, "threads", 0, 0, 1024);
  history.memory_mib = u32(table, "memory_mib", 2048, 256, 1 << 20);
  history.cluster = table.text("cluster", "noroshi");
  for (auto& shard : table.tables("shard")) {
    auto urls = shard.texts("urls", {});
    if (urls.empty()) shard.refuse("urls", "at least one URL is needed, http://host:8123");
    history.shards.push_back(std::move(urls));
  }
  history.user = table.text("user", history.user);
  history.password_file = table.text("password_file", "");
  history.ca_file = table.text("ca_file", "");
  history.insert_rows = u32(table, "insert_rows", history.insert_rows, 1000, 500'000);
  history.insert_milliseconds =
      u32(table, "insert_milliseconds", history.insert_milliseconds, 10, 60'000);
  history.spool = table.text("spool", "");
  history.spool_mib = u32(table, "spool_mib", 4096, 0, 1 << 30);
  if (history.kind == Config::History::Kind::kCluster && history.shards.empty())
    table.refuse("engine", "cluster needs at least one [[history.shard]] with its urls");
  return history;
}

Config::Retention read_retention(TomlTable table) {
  Config::Retention keep;
  keep.flows_days = u32(table, "flows_days", keep.flows_days, 1, 36'500);
  keep.contacts_days = u32(table, "contacts_days", keep.contacts_days, 1, 36'500);
  keep.rollup_1m_days = u32(table, "rollup_1m_days", keep.rollup_1m_days, 1, 36'500);
  keep.rollup_5m_days = u32(table, "rollup_5m_days", keep.rollup_5m_days, 1, 36'500);
  keep.rollup_1h_days = u32(table, "rollup_1h_days", keep.rollup_1h_days, 1, 36'500);
  keep.disk_share = table.number("disk_share", keep.disk_share, 0.01, 1);
  keep.disk_free = table.number("disk_free", keep.disk_free, 0, 0.5);
  return keep;
}

Config::Enrich read_enrich(TomlTable table) {
  Config::Enrich enrich;
  enrich.location_database = table.text("location_database", enrich.location_database);
  enrich.mmdb_as = table.text("mmdb_as", "");
  enrich.mmdb_country = table.text("mmdb_country", "");
  return enrich;
}

WarningFiles::File read_warning_list(TomlTable table) {
  WarningFiles::File list;
  list.name = table.text("name", "");
  if (list.name.empty()) table.refuse("name", "every warning list needs a name");
  list.path = table.text("file", "");
  if (list.path.empty()) table.refuse("file", "every warning list needs a file");
  list.kind = table.accepted("class", parse_warning_class(table.text("class", "")), list.kind);
  return list;
}

/// Their names are tags of the filter language, and each tag means one thing.
void read_warning_lists(TomlTable& root, Config& config) {
  std::set<std::string, std::less<>> names{"subscribers"};
  for (std::size_t i = 0; i < kWarningClasses; ++i)
    names.insert(warning_tag(static_cast<WarningClass>(i)));
  for (auto& table : root.tables("warning_list")) {
    auto list = read_warning_list(table);
    if (config.tags.contains(list.name) || !names.insert(list.name).second)
      table.refuse("name", fmt::format("'{}' is a tag already", list.name));
    config.enrich.warning_lists.push_back(std::move(list));
  }
}

Config::Serve read_serve(TomlTable table) {
  Config::Serve serve;
  serve.socket = table.text("socket", serve.socket);
  serve.http = table.texts("http", serve.http);
  serve.state = table.text("state", serve.state);
  return serve;
}

Result<OldRows> parse_old_rows(std::string_view text) {
  if (text == "refuse") return OldRows::kRefuse;
  if (text == "drop") return OldRows::kDrop;
  if (text == "rewrite") return OldRows::kRewrite;
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is none of refuse, drop, rewrite", text));
}

Config::Guard read_guard(TomlTable table) {
  Config::Guard guard;
  guard.policy = table.text("policy", "");
  guard.key_file = table.text("key_file", "");
  guard.node = table.text("node", "");
  guard.old_rows =
      table.accepted("old_rows", parse_old_rows(table.text("old_rows", "refuse")), guard.old_rows);
  guard.timestamp_url = table.text("timestamp_url", "");
  guard.timestamp_ca = table.text("timestamp_ca", "");
  guard.timestamp_every = std::chrono::hours(table.integer("timestamp_hours", 24, 1, 8760));
  const bool http =
      guard.timestamp_url.starts_with("http://") || guard.timestamp_url.starts_with("https://");
  if (!guard.timestamp_url.empty() && !http)
    table.refuse("timestamp_url", "must begin with http:// or https://");
  if (!guard.timestamp_url.empty() && guard.timestamp_ca.empty())
    table.refuse("timestamp_url", "needs guard.timestamp_ca: whom to trust for its time stamps");
  return guard;
}

/// "05:00"; empty: never.
Config::Judge read_judge(TomlTable table) {
  Config::Judge judge;
  judge.model = table.text("model", "");
  const auto text = table.text("at", "05:00");
  if (text.empty()) {
    judge.at.reset();
    return judge;
  }
  const auto digit = [&](std::size_t at) {
    return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 100;
  };
  const bool shaped = text.size() == 5 && text[2] == ':';
  const int hours = shaped ? digit(0) * 10 + digit(1) : 24;
  const int minutes = shaped ? digit(3) * 10 + digit(4) : 60;
  if (hours > 23 || minutes > 59)
    table.refuse("at", fmt::format("'{}' is no time of day such as 05:00", text));
  else
    judge.at = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return judge;
}

Result<Config> read(const TomlFile& file) {
  auto root = file.root();
  Config config;
  config.collect = read_collect(root.table("collect"));
  read_exporters(root, config);
  config.history = read_history(root.table("history"));
  config.retention = read_retention(root.table("retention"));
  config.enrich = read_enrich(root.table("enrich"));
  config.serve = read_serve(root.table("serve"));
  config.guard = read_guard(root.table("guard"));
  config.judge = read_judge(root.table("judge"));
  auto network = root.table("network");
  config.subscribers = prefixes(network, "subscribers");
  if (const auto ranges = SubscriberRanges::of(config.subscribers); !ranges)
    network.refuse("subscribers", ranges.error().message);
  auto tags = root.table("tags");
  for (const auto& name : tags.keys()) config.tags.emplace(name, prefixes(tags, name));
  read_warning_lists(root, config);
  TRY(file.finish());
  return config;
}

}  // namespace

Result<Config> read_config(const std::string& path) {
  auto config = TRY(read(TRY(TomlFile::read(path))));
  std::ifstream file(path, std::ios::binary);
  config.hash = sha256(std::string(std::istreambuf_iterator<char>(file), {})).to_hex();
  return config;
}

Result<Config> parse_config(std::string_view text, const std::string& name) {
  auto config = TRY(read(TRY(TomlFile::parse(text, name))));
  config.hash = sha256(text).to_hex();
  return config;
}

}  // namespace noroshi
