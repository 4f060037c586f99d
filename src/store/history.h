#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/flow_batch.h"
#include "question/question.h"
#include "store/batch_store.h"
#include "store/engine.h"

namespace noroshi {

/// The stored past: flows, contacts and rollups in an Engine; the same SQL for every engine.
///
/// Safe to use from several threads: questions run beside inserts.
class History final : public BatchStore {
 public:
  /// Brings the schema up to date (see schema.h) and is then ready. An engine that was written by a
  /// newer Noroshi is refused in one clear line.
  [[nodiscard]] static Result<std::unique_ptr<History>> open(std::unique_ptr<Engine> engine);
  ~History() override;

  [[nodiscard]] Engine& engine();

  [[nodiscard]] std::size_t shards() override { return engine().shards(); }
  Status insert(std::size_t shard, BatchId batch, const FlowBatch& rows) override;
  [[nodiscard]] Result<std::uint64_t> rows_of(std::size_t shard, BatchId batch,
                                              std::uint64_t hour) override;
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
