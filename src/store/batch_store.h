#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "model/flow_batch.h"

namespace noroshi {

/// Names one batch of rows for ever: `batch` column of the tables. Never 0.
using BatchId = std::uint64_t;

/// Where batches of flows are kept for good, as whoever delivers them sees it: History, or a test's
/// own that fails in every way there is.
///
/// Safe to use from several threads.
class BatchStore {
 public:
  virtual ~BatchStore() = default;

  [[nodiscard]] virtual std::size_t shards() = 0;
  /// Inserts rows whose `last` lies in one hour (History::hour_of), at most Engine::kMostRows, into
  /// a shard, marked with `batch`: all of them or none. Errors as Engine::insert.
  virtual Status insert(std::size_t shard, BatchId batch, const FlowBatch& rows) = 0;
  /// How many rows of that batch the shard holds: what to ask after kUnclear or a restart.
  [[nodiscard]] virtual Result<std::uint64_t> rows_of(std::size_t shard, BatchId batch,
                                                      std::uint64_t hour) = 0;
};

}  // namespace noroshi
