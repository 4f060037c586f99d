#include "app/guarded_collection.h"

#include <utility>

#include "collect/template_file.h"

namespace noroshi {
namespace {

/// Adds what one collector counted to what those before it did. Sockets and open connections are of
/// now alone.
void add_ended(CollectorReport& sum, const CollectorReport& ended) {
  sum.totals.add(ended.totals);
  sum.kernel_drops += ended.kernel_drops;
  sum.exporters_evicted += ended.exporters_evicted;
  sum.batches += ended.batches;
  sum.template_file_failures += ended.template_file_failures;
  sum.connections.accepted += ended.connections.accepted;
  sum.connections.refused_by_policy += ended.connections.refused_by_policy;
  sum.connections.refused_by_limit += ended.connections.refused_by_limit;
  sum.connections.idle += ended.connections.idle;
  sum.connections.unframed += ended.connections.unframed;
  sum.connections.failed += ended.connections.failed;
}

}  // namespace

std::vector<IpAddress> addresses_of(const std::vector<ListenAddress>& listen) {
  std::vector<IpAddress> addresses;
  for (const auto& each : listen) addresses.push_back(each.address);
  return addresses;
}

GuardedCollection::GuardedCollection(Collector::Config config, Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      config_(std::move(config)),
      gate_({addresses_of(config_.listen)},
            {.office = dependencies_.office,
             .now = dependencies_.now,
             .open = [this] { return open(); },
             .close = [this] { close(); },
             .flows = [this] { return report().totals.decode.flows; },
             .changed = [this](const CollectionState& state) { tell(state); }}) {}
GuardedCollection::~GuardedCollection() { stop(); }

Status GuardedCollection::start() {
  look();
  const auto now = state();
  if (!now.failed.empty()) return failure(ErrorCode::kUnavailable, now.failed);
  return {};
}

Status GuardedCollection::open() {
  const std::lock_guard lock(mutex_);
  auto next = std::make_unique<Collector>(
      config_, Collector::Dependencies{dependencies_.sink,
                                       [&log = dependencies_.log](const std::string& warning) {
                                         log.warn("collector", {{"what", warning}});
                                       }});
  TRY(next->start());
  collector_ = std::move(next);
  heard_.clear();
  for (const auto& address : collector_->listening())
    dependencies_.log.info("listening", {{"address", address.to_string()}});
  return {};
}

void GuardedCollection::close() {
  const std::lock_guard lock(mutex_);
  collector_->stop();
  add_ended(before_, collector_->report());
  heard_ = collector_->exporters();
  // A collector that has stopped still holds its sockets.
  collector_.reset();
}

void GuardedCollection::tell(const CollectionState& state) {
  auto& log = dependencies_.log;
  if (state.collecting) {
    log.info("collecting", {{"filing", state.demo ? "simulated traffic" : "in force"}});
    if (state.mode) log.info("mode", {{"is", words_of(*state.mode).en}});
    return;
  }
  if (!state.failed.empty()) log.error("not collecting", {{"why", state.failed}});
  for (const auto& fault : state.missing)
    log.warn("not collecting", {{"missing", std::string(fault.code)}, {"what", fault.text.en}});
}

void GuardedCollection::set_exporters(ExporterPolicy::Config exporters) {
  const std::lock_guard lock(mutex_);
  config_.exporters = exporters;
  if (collector_ != nullptr) collector_->set_exporters(std::move(exporters));
}

CollectorReport GuardedCollection::report() const {
  const std::lock_guard lock(mutex_);
  if (collector_ == nullptr) return before_;
  auto all = collector_->report();
  add_ended(all, before_);
  return all;
}

std::vector<ExporterReport> GuardedCollection::exporters() const {
  const std::lock_guard lock(mutex_);
  return collector_ == nullptr ? heard_ : collector_->exporters();
}

std::vector<ExporterInterfaces> GuardedCollection::interfaces() const {
  const std::lock_guard lock(mutex_);
  if (collector_ != nullptr) return collector_->interfaces();
  const auto saved = read_template_file(config_.templates.path);
  return saved ? by_exporter(*saved) : std::vector<ExporterInterfaces>();
}

}  // namespace noroshi
