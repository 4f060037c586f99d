#pragma once

#include <atomic>
#include <cstdint>

#include "enrich/enricher.h"
#include "guard/pseudonym/pseudonymiser.h"
#include "model/flow_sink.h"

namespace noroshi {

class HourlyContacts;

/// What every live batch goes through, in the thread that decoded it: enriched, subscribers
/// replaced by their pseudonyms, offered to the contacts, handed to the history. Behind this door
/// nothing knows a subscriber's address. Nothing here waits.
class Ingest final : public FlowSink {
 public:
  struct Dependencies {
    const Enricher& enricher;
    Pseudonymiser& pseudonymiser;
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
