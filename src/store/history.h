#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/flow_batch.h"
#include "question/question.h"
#include "store/engine.h"

namespace noroshi {

/// Names one batch of rows for ever: `batch` column of the tables. Never 0.
using BatchId = std::uint64_t;

/// The stored past: flows, contacts and rollups in an Engine; the same SQL for every engine.
///
/// Safe to use from several threads: questions run beside inserts.
class History {
 public:
  /// Brings the schema up to date (see schema.h) and is then ready. An engine that was written by a
  /// newer Noroshi is refused in one clear line.
  [[nodiscard]] static Result<std::unique_ptr<History>> open(std::unique_ptr<Engine> engine);
  ~History();

  [[nodiscard]] Engine& engine();

  /// Inserts rows whose `last` lies in one hour (hour_of), at most Engine::kMostRows, into a shard
  /// of the engine, marked with `batch`. Errors as Engine::insert.
  Status insert(std::size_t shard, BatchId batch, const FlowBatch& rows);
  /// How many rows of that batch the shard holds: what to ask after kUnclear or a restart.
  [[nodiscard]] Result<std::uint64_t> rows_of(std::size_t shard, BatchId batch, std::uint64_t hour);
  /// Hours since 1970 of a row's `last`: the partition it belongs to.
  [[nodiscard]] static std::uint64_t hour_of(std::uint64_t last) { return last / 3'600'000; }

  [[nodiscard]] Result<Answer> ask(const GroupQuestion& question);
  [[nodiscard]] Result<Answer> ask(const SeriesQuestion& question);
  /// Hands on the rows in batches of some thousands. An error of `sink` ends it and is returned.
  Status read(const RowsQuestion& question, const std::function<Status(const FlowBatch&)>& sink);

 private:
  class Implementation;
  explicit History(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
