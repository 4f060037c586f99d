#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/kept_guard.h"
#include "base/result.h"
#include "enrich/enricher.h"
#include "flow_printer.h"
#include "guard/pseudonym/pseudonym_keeper.h"
#include "guard/pseudonym/pseudonymiser.h"
#include "model/flow_sink.h"
#include "pipeline/hourly_contacts.h"
#include "pipeline/ingest.h"
#include "pipeline/kept_history.h"
#include "pipeline/stored_contacts.h"

namespace noroshi {

/// What `collect` does with flows: enriches them, replaces subscribers by pseudonyms, summarises
/// them, prints them if asked to, and keeps them in a history of its own if asked to.
class CollectPipeline {
 public:
  struct Config {
    std::string store;              ///< folder; empty: nothing is kept
    std::string print_flows;        ///< file; empty: nothing is printed
    std::string location_database;  ///< of libloc; passed over where it is not there
    PseudonymKeeper::Config pseudonyms;
  };

  [[nodiscard]] static Result<std::unique_ptr<CollectPipeline>> open(const Config& config);
  ~CollectPipeline();

  [[nodiscard]] FlowSink& sink() { return *ingest_; }
  /// Of the folder flows are kept in; null where they are not.
  [[nodiscard]] GuardOffice* office() { return guard_ ? &guard_->office() : nullptr; }

  struct Kept {
    std::uint64_t bytes_stored = 0;    ///< what the history grew by on disk
    std::uint64_t flows_kept = 0;      ///< acknowledged by engine or spool
    std::uint64_t flows_not_kept = 0;  ///< lost between here and there
    std::uint64_t flows_summarised = 0;
    std::uint64_t flows_not_summarised = 0;  ///< too late, or too many
    PseudonymStatistics pseudonyms;
  };
  /// Once a second or so: keys that were added or whose time has come.
  Status tick();
  /// Brings everything to its place. Fails where flows that should have been written were not.
  Result<Kept> finish();

 private:
  explicit CollectPipeline(Config config) : config_(std::move(config)) {}
  Status start();
  [[nodiscard]] HourlyContacts::Dependencies contacts_dependencies();
  [[nodiscard]] std::uint64_t bytes_on_disk() const;

  const Config config_;
  std::unique_ptr<KeptGuard> guard_;
  std::unique_ptr<KeptHistory> history_;
  std::uint64_t bytes_before_ = 0;
  std::optional<Enricher> enricher_;
  Pseudonymiser pseudonymiser_;
  PseudonymKeeper keeper_{pseudonymiser_};
  std::optional<StoredContacts> stored_contacts_;
  std::optional<HourlyContacts> contacts_;
  std::optional<Ingest> ingest_;
  std::unique_ptr<FlowPrinter> printer_;
};

}  // namespace noroshi
