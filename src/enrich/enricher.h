#pragma once

#include <memory>
#include <utility>

#include "base/snapshot.h"
#include "enrich/origins.h"
#include "model/flow_batch.h"

namespace noroshi {

/// Fills in what exporters leave out of flows: AS numbers where they state none, and countries.
///
/// Safe to use from several threads; replace() may come at any moment, and batches in hand finish
/// with the table they began with.
class Enricher {
 public:
  /// `origins` may be null: then flows stay as they are.
  explicit Enricher(std::shared_ptr<const Origins> origins) : origins_(std::move(origins)) {}

  void replace(std::shared_ptr<const Origins> origins) { origins_.store(std::move(origins)); }
  [[nodiscard]] std::shared_ptr<const Origins> origins() const { return origins_.load(); }

  void enrich(FlowBatch& batch) const;

 private:
  Snapshot<Origins> origins_;
};

}  // namespace noroshi
