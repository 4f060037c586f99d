#pragma once

#include <atomic>
#include <cstdint>

#include "enrich/enricher.h"
#include "model/flow_sink.h"

namespace noroshi {

class HourlyContacts;

/// What every live batch goes through, in the thread that decoded it: enriched, offered to the
/// contacts, handed to the history. Nothing here waits.
class Ingest final : public FlowSink {
 public:
  struct Dependencies {
    const Enricher& enricher;
    HourlyContacts* contacts = nullptr;  ///< may be absent
    FlowSink* history = nullptr;         ///< may be absent: nothing is kept
  };

  explicit Ingest(Dependencies dependencies) : dependencies_(dependencies) {}

  /// Thread-safe if the dependencies are.
  void take(FlowBatch&& batch) override;

  [[nodiscard]] std::uint64_t flows() const { return flows_; }

 private:
  Dependencies dependencies_;
  std::atomic<std::uint64_t> flows_{0};
};

}  // namespace noroshi
