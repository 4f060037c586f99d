#include "app/plan.h"

#include <chrono>
#include <thread>

#include "app/vocabulary.h"
#include "guard/pseudonym/pseudonym_book.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

ExporterPolicy::Config policy_of(const Config& config) {
  ExporterPolicy::Config policy;
  policy.strangers.allowed = config.collect.allow_unknown;
  policy.strangers.datagrams_per_second = config.collect.rate_cap;
  policy.strangers.default_sampling = config.collect.sampling;
  for (const auto& exporter : config.exporters) {
    ExporterTreatment treatment;
    treatment.name = exporter.name;
    treatment.allowed = exporter.allow;
    treatment.datagrams_per_second = exporter.rate_cap.value_or(config.collect.rate_cap);
    treatment.sampling_override = exporter.sampling_override;
    treatment.default_sampling =
        exporter.sampling != 0 ? exporter.sampling : config.collect.sampling;
    treatment.port_in_session_key = exporter.port_in_key;
    for (const auto& prefix : exporter.addresses) policy.rules.push_back({prefix, treatment});
  }
  return policy;
}

Result<Collector::Config> collector_of(const Config& config) {
  Collector::Config collector;
  for (const auto& text : config.collect.listen)
    collector.listen.push_back(TRY(ListenAddress::parse(text)));
  collector.workers = config.collect.workers;
  collector.receive_buffer = config.collect.receive_buffer_mib * kMebibyte;
  collector.exporters = policy_of(config);
  collector.intake.most_exporters = config.collect.most_exporters;
  collector.decoder.limits.sessions = config.collect.most_exporters;
  if (config.collect.templates_kept.count() > 0)
    collector.templates.path = template_file_of(config);
  collector.decoder.provisional_lifetime = config.collect.templates_kept;
  collector.streams.tls.certificate = config.collect.tls.certificate;
  collector.streams.tls.key = config.collect.tls.key;
  collector.streams.tls.client_ca = config.collect.tls.client_ca;
  return collector;
}

std::variant<EmbeddedEngine::Config, ClusterEngine::Config> engine_of(const Config::History& from) {
  if (from.kind == Config::History::Kind::kCluster) {
    ClusterEngine::Config cluster;
    cluster.cluster = from.cluster;
    cluster.shards = from.shards;
    cluster.user = from.user;
    cluster.password_file = from.password_file;
    cluster.ca_file = from.ca_file;
    return cluster;
  }
  EmbeddedEngine::Config embedded;
  embedded.path = from.folder;
  embedded.library = from.engine_library;
  embedded.most_memory = from.memory_mib * kMebibyte;
  embedded.question_threads =
      from.threads != 0 ? from.threads : std::max(1u, std::thread::hardware_concurrency());
  return embedded;
}

Upkeep::Config upkeep_of(const Config& config) {
  const auto& keep = config.retention;
  Upkeep::Config upkeep;
  const std::pair<const char*, std::uint32_t> tables[] = {{"flows", keep.flows_days},
                                                          {"contacts", keep.contacts_days},
                                                          {"rollup_1m", keep.rollup_1m_days},
                                                          {"rollup_5m", keep.rollup_5m_days},
                                                          {"rollup_1h", keep.rollup_1h_days}};
  for (const auto& [table, days] : tables)
    upkeep.limits.tables[table].hours = std::uint64_t{days} * 24;
  if (config.history.kind == Config::History::Kind::kEmbedded) {
    upkeep.limits.most_share = keep.disk_share;
    upkeep.least_free_share = keep.disk_free;
    upkeep.folder = config.history.folder;
  }
  return upkeep;
}

}  // namespace

Result<Plan> plan_of(const Config& config) {
  Plan plan;
  plan.collector = TRY(collector_of(config));
  const auto& history = config.history;
  if (history.kind != Config::History::Kind::kNone) {
    KeptHistory::Config kept;
    kept.engine = engine_of(history);
    kept.spool.folder = history.spool.empty() ? config.serve.state + "/spool" : history.spool;
    kept.spool.most_bytes = history.spool_mib * kMebibyte;
    kept.writer.batches.most_rows = history.insert_rows;
    kept.writer.batches.oldest = std::chrono::milliseconds(history.insert_milliseconds);
    plan.history = std::move(kept);
  }
  plan.upkeep = upkeep_of(config);
  plan.server.tcp = config.serve.http;
  plan.server.unix_socket = config.serve.socket;
  plan.vocabulary = vocabulary_of(config);
  plan.pseudonyms = {key_file_of(config), config.subscribers};
  return plan;
}

Result<Config> config_of_store(const std::string& folder) {
  Config config;
  config.history.folder = folder + "/history";
  config.serve.state = folder;
  config.subscribers = TRY(read_blocks(key_file_of(config)));
  return config;
}

std::string key_file_of(const Config& config) {
  return config.guard.key_file.empty() ? config.serve.state + "/guard/keys" : config.guard.key_file;
}

Result<std::shared_ptr<const Origins>> open_origins(const Config::Enrich& enrich) {
  if (!enrich.mmdb_as.empty() || !enrich.mmdb_country.empty())
    return Origins::from_mmdb(enrich.mmdb_as, enrich.mmdb_country);
  if (enrich.location_database.empty()) return std::shared_ptr<const Origins>();
  return Origins::from_libloc(enrich.location_database);
}

}  // namespace noroshi
