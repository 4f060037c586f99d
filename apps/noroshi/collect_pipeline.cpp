#include "collect_pipeline.h"

#include <fmt/format.h>

#include <chrono>

#include "enrich/origins.h"
#include "output.h"

namespace noroshi {
namespace {

Timestamp wall_clock() {
  return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

std::uint64_t this_hour() { return to_unix_milliseconds(wall_clock()) / 3'600'000; }

/// Without a history contacts are counted and go no further.
Status keep_no_contacts(std::uint64_t /*hour*/, const ContactSummary& /*summary*/) { return {}; }

}  // namespace

Result<std::unique_ptr<CollectPipeline>> CollectPipeline::open(const Config& config) {
  std::unique_ptr<CollectPipeline> pipeline(new CollectPipeline(config));
  TRY(pipeline->start());
  return pipeline;
}

Status CollectPipeline::start() {
  if (!config_.pseudonyms.subscribers.empty()) forbid_dumps();
  TRY(keeper_.load(config_.pseudonyms, this_hour()));
  std::shared_ptr<const Origins> origins;
  if (std::filesystem::exists(config_.location_database))
    origins = TRY(Origins::from_libloc(config_.location_database));
  if (!config_.store.empty()) {
    std::error_code error;
    std::filesystem::create_directories(config_.store, error);
    if (error)
      return failure(ErrorCode::kIo, fmt::format("{}: cannot make this folder: {}", config_.store,
                                                 error.message()));
    noroshi::Config of_store;
    of_store.serve.state = config_.store;
    of_store.subscribers = config_.pseudonyms.subscribers;
    of_store.guard.key_file = config_.pseudonyms.key_file.string();
    guard_ = TRY(KeptGuard::open(of_store));
    bytes_before_ = bytes_on_disk();
    EmbeddedEngine::Config engine;
    engine.path = config_.store + "/history";
    KeptHistory::Config kept{engine, {}, {}};
    kept.spool.folder = config_.store + "/spool";
    history_ = TRY(KeptHistory::open(std::move(kept)));
    history_->start();
  }
  enricher_.emplace(std::move(origins));
  contacts_.emplace(HourlyContacts::Config{}, contacts_dependencies());
  contacts_->start();
  FlowSink* keep = history_ ? &history_->writer() : nullptr;
  if (!config_.print_flows.empty()) {
    printer_ = TRY(FlowPrinter::open(config_.print_flows, keep));
    keep = printer_.get();
  }
  ingest_.emplace(Ingest::Dependencies{*enricher_, pseudonymiser_, &*contacts_, keep});
  return {};
}

Status CollectPipeline::tick() {
  TRY(keeper_.tick(this_hour()));
  return {};
}

HourlyContacts::Dependencies CollectPipeline::contacts_dependencies() {
  if (!history_) return {keep_no_contacts, nullptr, nullptr, wall_clock};
  stored_contacts_.emplace(history_->history(), guard_->guard());
  return stored_contacts_->dependencies(wall_clock,
                                        [](const std::string& what, const std::string& why) {
                                          complain(fmt::format("{}: {}", what, why));
                                        });
}

CollectPipeline::~CollectPipeline() {
  if (contacts_) contacts_->stop();
  if (history_) history_->stop();
}

Result<CollectPipeline::Kept> CollectPipeline::finish() {
  Kept kept;
  contacts_->stop();
  const auto contacts = contacts_->statistics();
  kept.pseudonyms = pseudonymiser_.statistics();
  kept.flows_summarised = contacts.flows;
  kept.flows_not_summarised = contacts.flows_late + contacts.flows_passed;
  if (history_) {
    history_->stop();
    const auto written = history_->writer().statistics();
    kept.flows_kept = written.acknowledged;
    kept.flows_not_kept = written.taken - written.acknowledged;
    ingest_.reset();
    contacts_.reset();
    stored_contacts_.reset();
    history_.reset();  // so that all of it is on disk
    const auto bytes = bytes_on_disk();
    kept.bytes_stored = bytes - std::min(bytes, bytes_before_);
  }
  if (printer_) TRY(printer_->finish());
  if (kept.flows_not_kept > 0)
    return failure(ErrorCode::kIo, fmt::format("{}: {} flows could not be kept", config_.store,
                                               kept.flows_not_kept));
  return kept;
}

std::uint64_t CollectPipeline::bytes_on_disk() const {
  std::uint64_t bytes = 0;
  std::error_code error;
  // Files come and go while the engine merges its parts: what cannot be looked at counts nothing.
  for (std::filesystem::recursive_directory_iterator at(config_.store, error), end;
       !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (at->is_regular_file(gone)) {
      const auto size = at->file_size(gone);
      if (!gone) bytes += size;
    }
  }
  return bytes;
}

}  // namespace noroshi
