#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "app/collection_gate.h"
#include "base/result.h"
#include "collect/collector.h"
#include "guard/office.h"
#include "model/flow_sink.h"
#include "telemetry/log.h"

namespace noroshi {

/// A Collector that is there only while the filing allows it. Without a filing in force no socket
/// for flows is open.
///
/// Thread-safe but for start() and stop().
class GuardedCollection {
 public:
  struct Dependencies {
    GuardOffice& office;
    FlowSink& sink;
    std::function<Timestamp()> now;
    Log& log;
  };
  GuardedCollection(Collector::Config config, Dependencies dependencies);
  ~GuardedCollection();

  /// Begins at once where the filing allows it. An error where it does and an address could not be
  /// had; to be closed is none.
  Status start();
  /// Once a second or so, and whenever something was filed.
  void look() { gate_.look(std::chrono::steady_clock::now()); }
  /// Returns when the batch in hand has reached the sink.
  void stop() { gate_.shut(); }

  /// As Collector has it; of the next one too.
  void set_exporters(ExporterPolicy::Config exporters);

  [[nodiscard]] CollectionState state() const { return gate_.state(); }
  /// As a mean over the last ten seconds that were looked at.
  [[nodiscard]] double flows_per_second() const { return gate_.flows_per_second(); }
  [[nodiscard]] FilingMeasures measures(const std::string& purpose) const {
    return gate_.measures(purpose);
  }
  /// Of all there was since the start, whether or not anything is open now.
  [[nodiscard]] CollectorReport report() const;
  /// Those heard since collection last began.
  [[nodiscard]] std::vector<ExporterReport> exporters() const;
  /// As Collector has it; while nothing is collected, as the last one saved it.
  [[nodiscard]] std::vector<ExporterInterfaces> interfaces() const;

 private:
  Status open();
  void close();
  void tell(const CollectionState& state);

  const Dependencies dependencies_;
  mutable std::mutex mutex_;
  Collector::Config config_;
  std::unique_ptr<Collector> collector_;  ///< null while nothing is collected
  CollectorReport before_;                ///< of the collectors that were
  std::vector<ExporterReport> heard_;     ///< by the last of them
  CollectionGate gate_;
};

/// The addresses of what is listened on.
[[nodiscard]] std::vector<IpAddress> addresses_of(const std::vector<ListenAddress>& listen);

}  // namespace noroshi
