#include "app/daemon.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "api/desk_routes.h"
#include "api/server.h"
#include "app/guarded_collection.h"
#include "app/kept_docket.h"
#include "app/kept_guard.h"
#include "app/kept_office.h"
#include "app/metrics.h"
#include "app/plan.h"
#include "app/readiness.h"
#include "app/restart_keys.h"
#include "app/rows_from_before.h"
#include "app/running_audit.h"
#include "app/running_words.h"
#include "app/vocabulary.h"
#include "desk/account.h"
#include "desk/exporters_json.h"
#include "desk/office_desk.h"
#include "desk/oversight_desk.h"
#include "desk/status_json.h"
#include "desk/stored_flows.h"
#include "desk/vocabulary_json.h"
#include "enrich/enricher.h"
#include "enrich/warning_lists.h"
#include "guard/pseudonym/key_act.h"
#include "guard/pseudonym/pseudonym_keeper.h"
#include "guard/pseudonym/pseudonymiser.h"
#include "pipeline/hourly_contacts.h"
#include "pipeline/ingest.h"
#include "pipeline/kept_history.h"
#include "pipeline/stored_contacts.h"
#include "pipeline/upkeep.h"

namespace noroshi {
namespace {

Timestamp now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::uint64_t this_hour() { return to_unix_milliseconds(now()) / 3'600'000; }

}  // namespace

class Daemon::Implementation final : public Desk {
 public:
  Implementation(Config config, Dependencies dependencies)
      : config_(std::move(config)),
        log_(dependencies.log),
        starting_(std::move(dependencies.starting)),
        enricher_(nullptr) {}
  ~Implementation() override { stop(); }

  Status start() {
    const auto plan = TRY(plan_of(config_));
    if (!plan.pseudonyms.subscribers.empty()) {
      forbid_dumps();
      log_.info("making pseudonym tables", {{"key_file", plan.pseudonyms.key_file.string()}});
    }
    TRY(keeper_.load(plan.pseudonyms, this_hour()));
    started_ = now();
    std::error_code error;
    std::filesystem::create_directories(config_.serve.state, error);
    if (error)
      return failure(ErrorCode::kIo, fmt::format("{}: {}", config_.serve.state, error.message()));
    office_ = TRY(KeptOffice::open(config_));
    running_audit_ = TRY(RunningAudit::start(
        config_, {office_->audit(), [this](const std::string& what, const std::string& why) {
                    log_.error(what, {{"why", why}});
                  }}));
    TRY(record_keys());
    log_.info("audit open", {{"entry", fmt::format("{}", office_->audit().end().head.sequence)}});
    load_origins(config_.enrich);
    set_subscribers(config_.subscribers);

    guard_ = TRY(open_guard(*office_, config_));
    log_.info("policy in force", {{"from", guard_->policy()->source}});
    if (plan.history) {
      // Before anything comes in, so that behind the door all is as it must be.
      RowsFromBefore before(config_, plan.history->spool.folder, rows_from_before());
      TRY(before.look_into_spool());
      kept_ = TRY(KeptHistory::open(*plan.history));
      TRY(before.look_into(kept_->history()));
      kept_->start();
      log_.info("history open", {{"engine", kept_->history().describe()}});
      for (const auto& why : kept_->history().shards_missing())
        log_.warn("shard away, flows go to the others or to the spool", {{"why", why}});
    }
    contacts_.emplace(HourlyContacts::Config{}, contacts_dependencies());
    contacts_->start();
    if (kept_ != nullptr) {
      upkeep_.emplace(plan.upkeep, upkeep_dependencies());
      upkeep_->start();
    }
    ingest_.emplace(Ingest::Dependencies{enricher_, pseudonymiser_, &*contacts_,
                                         kept_ == nullptr ? nullptr : &kept_->writer()});

    collection_.emplace(plan.collector,
                        GuardedCollection::Dependencies{office_->office(), *ingest_, now, log_});
    TRY(collection_->start());
    words_.configure(plan.vocabulary, config_.enrich.warning_lists);
    refresh_words();

    oversight_.emplace(oversight_dependencies());
    office_desk_.emplace(OfficeDesk::Dependencies{
        office_->office(), [this](const std::string& account) { return office_->filer(account); },
        [this] {
          collection_->look();
          return collection_->state();
        },
        now});
    docket_ = TRY(KeptDocket::open(config_, docket_dependencies()));
    routes_.emplace(
        DeskRoutes::Dependencies{*this, AuditRoutes([this](const std::string& account) {
                                   return running_audit_->desk_for(account, guard_->policy());
                                 }),
                                 *oversight_, *office_desk_, docket_->desk(),
                                 [this] { return metrics(); }, [this] { return ready(); }});
    server_.emplace(plan.server, [this](const HttpRequest& request, HttpServer::Door door) {
      return routes_->answer(request, door);
    });
    TRY(server_->start());
    if (config_.judge.at && kept_ != nullptr)
      docket_->judge_daily(*config_.judge.at, [this](const std::string& why) {
        log_.error("the day was not judged", {{"why", why}});
      });
    log_.info("serving", {{"socket", config_.serve.socket}});
    return {};
  }

  void stop() {
    stopping_ = true;
    // What asks first, then what brings, then what keeps: nothing is used after it is gone.
    if (docket_ != nullptr) docket_->stop();
    if (server_) server_->stop();
    if (collection_) collection_->stop();
    if (contacts_) contacts_->stop();
    if (upkeep_) upkeep_->stop();
    if (kept_ != nullptr) kept_->stop();
    server_.reset();
    routes_.reset();
    docket_.reset();
    collection_.reset();
    ingest_.reset();
    upkeep_.reset();
    contacts_.reset();
    stored_contacts_.reset();
    kept_.reset();
    guard_.reset();
    running_audit_.reset();
    office_.reset();
  }

  Status reload(const Config& config) {
    const auto plan = TRY(plan_of(config));
    // First, because these can fail: then nothing has changed.
    (void)TRY(policy_in_force(config.guard.policy));
    if (!plan.pseudonyms.subscribers.empty()) forbid_dumps();
    TRY(keeper_.load(plan.pseudonyms, this_hour()));
    TRY(running_audit_->reload(config));
    TRY(record_keys());
    TRY(office_->reload(config));
    TRY(reload_guard(*guard_, *office_, config));
    load_origins(config.enrich);
    collection_->set_exporters(plan.collector.exporters);
    set_subscribers(config.subscribers);
    words_.configure(plan.vocabulary, config.enrich.warning_lists);
    refresh_words();
    if (upkeep_) upkeep_->set_limits(plan.upkeep.limits, plan.upkeep.least_free_share);
    for (const auto key : keys_that_need_a_restart(config_, config))
      log_.warn("needs a restart", {{"key", std::string(key)}});
    if (plan.history && config_.subscribers != config.subscribers) {
      TRY(RowsFromBefore(config_, plan.history->spool.folder, rows_from_before()).forget());
      log_.warn(
          "rows from before these subscriber ranges hold addresses in clear: the next start "
          "looks for them (guard.old_rows)");
    }
    config_.exporters = config.exporters;
    config_.tags = config.tags;
    config_.enrich = config.enrich;
    config_.retention = config.retention;
    config_.subscribers = config.subscribers;
    config_.guard = config.guard;
    return {};
  }

  void tick() {
    // What ran before goes on when the key file cannot be read.
    if (const auto taken = keeper_.tick(this_hour()); !taken)
      log_.error("pseudonym keys not taken over", {{"why", taken.error().message}});
    else if (*taken)
      log_.info("pseudonym keys taken over");
    // Those that are taken over serve already: without them flows would be lost.
    if (const auto recorded = record_keys(); !recorded)
      log_.error("pseudonym keys not on record", {{"why", recorded.error().message}});
    collection_->look();
    refresh_words();
  }

  [[nodiscard]] std::string status_line() const {
    const auto state = collection_->state();
    if (!state.collecting)
      return fmt::format("not collecting: {}",
                         state.missing.empty() ? state.failed : state.missing.front().text.en);
    return fmt::format("{} exporters, {:.0f} flows/s", collection_->exporters().size(),
                       collection_->flows_per_second());
  }

  // The desk.
  Result<FilterVocabulary> vocabulary() override {
    return with_announced_interfaces(words_.words(), collection_->interfaces());
  }
  Result<std::unique_ptr<FlowAnswers>> flows(const Asker& asker) override {
    if (kept_ == nullptr) return failure(ErrorCode::kUnavailable, "no history is kept");
    return std::make_unique<StoredFlows>(
        kept_->history(), *guard_,
        Access{guard_->person_of(asker.account), asker.purpose, asker.case_id});
  }
  Result<std::string> exporters() override {
    return exporters_to_json(collection_->exporters(), collection_->report(), now());
  }
  Result<std::string> interfaces() override { return interfaces_to_json(TRY(vocabulary())); }
  Result<std::string> status() override {
    const auto writer = kept_ == nullptr ? std::optional<HistoryWriter::Statistics>()
                                         : kept_->writer().statistics();
    return status_to_json(started_, collection_->state(), collection_->report(), writer,
                          contacts_->statistics());
  }

 private:
  HourlyContacts::Dependencies contacts_dependencies() {
    if (kept_ == nullptr) {
      HourlyContacts::Dependencies dependencies;
      dependencies.now = now;
      dependencies.store = [](std::uint64_t, const ContactSummary&) { return Status(); };
      return dependencies;
    }
    stored_contacts_.emplace(kept_->history(), *guard_);
    return stored_contacts_->dependencies(now,
                                          [this](const std::string& what, const std::string& why) {
                                            log_.error(what, {{"why", why}});
                                          });
  }

  RowsFromBefore::Dependencies rows_from_before() { return {*guard_, *office_, log_, starting_}; }

  Upkeep::Dependencies upkeep_dependencies() {
    return {kept_->history(), office_->holds(),
            [this](AuditEntry entry) { return record(std::move(entry)); },
            [this](const Drop& drop) {
              const auto hour = from_unix_milliseconds(drop.partition.begin * 3'600'000);
              if (drop.held)
                log_.error("partition dropped although an open case holds it: the disk is full",
                           {{"table", drop.partition.table}, {"from", to_rfc3339(hour)}});
              log_.info("partition dropped", {{"table", drop.partition.table},
                                              {"from", to_rfc3339(hour)},
                                              {"bytes", fmt::format("{}", drop.partition.bytes)},
                                              {"why", std::string(name_of(drop.reason))}});
            },
            [this](const std::string& what, const std::string& why) {
              log_.error("upkeep failed", {{"of", what}, {"why", why}});
            }};
  }

  Status record_keys() {
    auto entry = key_watch_.seen(pseudonymiser_.tables().get());
    if (entry.kind.empty()) return {};
    auto recorded = record(std::move(entry));
    if (!recorded) key_watch_ = {};  // the next tick tries again
    return recorded;
  }

  Status record(AuditEntry entry) {
    TRY(office_->office().append(std::move(entry)));
    return {};
  }

  OversightDesk::Dependencies oversight_dependencies() {
    OversightDesk::Dependencies dependencies{.audit = office_->audit()};
    dependencies.record = [this](AuditEntry entry) { return record(std::move(entry)); };
    dependencies.verify = [this] { return running_audit_->verify(); };
    dependencies.policy = [this] { return guard_->policy(); };
    dependencies.owner = owner_account(config_.serve.state);
    dependencies.filing = [this] { return office_->office().filing().in_force(); };
    dependencies.measures = [this](const std::string& purpose) {
      return collection_->measures(purpose);
    };
    dependencies.measures_flows = true;
    dependencies.holds = office_->holds();
    dependencies.retention = [this]() -> Result<RetentionState> {
      if (!upkeep_) return failure(ErrorCode::kUnavailable, "no history is kept");
      return upkeep_->state();
    };
    dependencies.now = now;
    return dependencies;
  }

  KeptDocket::Dependencies docket_dependencies() {
    return {.guard = *guard_,
            .history = kept_ == nullptr ? nullptr : &kept_->history(),
            .record = [this](AuditEntry entry) { return record(std::move(entry)); },
            .subscribers =
                [this] {
                  const std::lock_guard lock(mutex_);
                  return subscribers_;
                },
            .warnings = [this] { return words_.warning_lists(); }};
  }

  /// Flows go on with the table there is when a new one cannot be read.
  void load_origins(const Config::Enrich& enrich) {
    auto origins = open_origins(enrich);
    if (!origins) {
      log_.warn("origins not loaded", {{"why", origins.error().message}});
      return;
    }
    if (*origins != nullptr) log_.info("origins loaded", {{"from", (*origins)->describe()}});
    enricher_.replace(std::move(*origins));
  }

  void set_subscribers(std::vector<Prefix> subscribers) {
    const std::lock_guard lock(mutex_);
    subscribers_ = std::move(subscribers);
  }

  void refresh_words() {
    const bool changed = words_.refresh([this](const Error& error) {
      log_.error("warning list not loaded", {{"why", error.message}});
    });
    if (!changed) return;
    office_->set_vocabulary(with_announced_interfaces(words_.words(), collection_->interfaces()));
    if (!words_.warning_lists()->lists().empty())
      log_.info("warning lists loaded",
                {{"entries", fmt::format("{}", words_.statistics().entries)}});
  }

  Result<std::string> ready() {
    if (stopping_) return failure(ErrorCode::kUnavailable, "stopping");
    const auto collection = collection_->state();
    const auto moment = std::chrono::steady_clock::now();
    if (kept_ == nullptr) return readiness_.look(collection, nullptr, {}, moment);
    const auto writer = kept_->writer().statistics();
    return readiness_.look(collection, &writer, kept_->history().shards_missing(), moment);
  }

  std::string metrics() {
    const auto collection = collection_->state();
    const auto report = collection_->report();
    const auto exporters = collection_->exporters();
    const auto contacts = contacts_->statistics();
    const auto http = server_->statistics();
    Observed observed;
    observed.collection = &collection;
    observed.collector = &report;
    observed.exporters = &exporters;
    observed.contacts = &contacts;
    observed.http = &http;
    const auto pseudonyms = pseudonymiser_.statistics();
    observed.pseudonyms = &pseudonyms;
    observed.log_held_back = log_.held_back();
    observed.warning_lists = words_.statistics();
    observed.start_time = static_cast<double>(to_unix_milliseconds(started_)) / 1000;
    const auto audit = office_->audit().statistics();
    const auto audit_upkeep = running_audit_->upkeep();
    observed.audit = &audit;
    observed.audit_upkeep = &audit_upkeep;
    std::optional<HistoryWriter::Statistics> writer;
    UpkeepStatistics upkeep;
    if (kept_ != nullptr) {
      writer = kept_->writer().statistics();
      observed.writer = &*writer;
      upkeep = upkeep_->statistics();
      observed.upkeep = &upkeep;
    }
    return metrics_page(observed);
  }

  Config config_;
  Log& log_;
  const std::function<bool(const std::string&)> starting_;
  Timestamp started_;
  Enricher enricher_;
  Pseudonymiser pseudonymiser_;
  PseudonymKeeper keeper_{pseudonymiser_};
  KeyWatch key_watch_;
  std::atomic<bool> stopping_{false};

  RunningWords words_;
  Readiness readiness_;
  std::mutex mutex_;
  std::vector<Prefix> subscribers_;

  // In the order they are opened.
  std::unique_ptr<KeptOffice> office_;
  std::unique_ptr<RunningAudit> running_audit_;
  std::unique_ptr<Guard> guard_;
  std::unique_ptr<KeptHistory> kept_;
  std::optional<StoredContacts> stored_contacts_;
  std::optional<HourlyContacts> contacts_;
  std::optional<Upkeep> upkeep_;
  std::optional<Ingest> ingest_;
  std::optional<GuardedCollection> collection_;
  std::optional<OversightDesk> oversight_;
  std::optional<OfficeDesk> office_desk_;
  std::unique_ptr<KeptDocket> docket_;
  std::optional<DeskRoutes> routes_;
  std::optional<HttpServer> server_;
};

Daemon::Daemon(Config config, Dependencies dependencies)
    : implementation_(std::make_unique<Implementation>(std::move(config), dependencies)) {}
Daemon::~Daemon() = default;
Status Daemon::start() { return implementation_->start(); }
void Daemon::stop() { implementation_->stop(); }
Status Daemon::reload(const Config& config) { return implementation_->reload(config); }
void Daemon::tick() { implementation_->tick(); }
std::string Daemon::status_line() const { return implementation_->status_line(); }

}  // namespace noroshi
