#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/contact.h"
#include "model/flow_batch.h"
#include "question/question.h"
#include "question/trend.h"
#include "store/batch_store.h"
#include "store/engine.h"
#include "store/partition.h"

namespace noroshi {

/// The stored past: flows, contacts and rollups in an Engine; the same SQL for every engine.
///
/// Safe to use from several threads: questions run beside inserts.
class History final : public BatchStore {
 public:
  /// Brings the schema up to date (see schema.h) and is then ready. An engine that was written by a
  /// newer Noroshi is refused in one clear line. A shard that is away takes no rows (kUnavailable)
  /// before it is back and its schema is up to date, which is seen to when rows are sent to it or
  /// its partitions() are asked for.
  [[nodiscard]] static Result<std::unique_ptr<History>> open(std::unique_ptr<Engine> engine);
  ~History() override;

  [[nodiscard]] Engine& engine();

  [[nodiscard]] std::size_t shards() override { return engine().shards(); }
  /// Why each shard that was away at the start cannot be used yet; empty: all can.
  [[nodiscard]] std::vector<std::string> shards_missing() const;
  Status insert(std::size_t shard, BatchId batch, const FlowBatch& rows) override;
  [[nodiscard]] Result<std::uint64_t> rows_of(std::size_t shard, BatchId batch,
                                              std::uint64_t hour) override;
  /// Hours since 1970 of a row's `last`: the partition it belongs to.
  [[nodiscard]] static std::uint64_t hour_of(std::uint64_t last) { return last / 3'600'000; }

  [[nodiscard]] Result<Answer> ask(const GroupQuestion& question);
  [[nodiscard]] Result<Answer> ask(const SeriesQuestion& question);
  [[nodiscard]] Result<Answer> ask(const TrendSeriesQuestion& question);
  /// Hands on the rows in batches of some thousands. An error of `sink` ends it and is returned.
  Status read(const RowsQuestion& question, const std::function<Status(const FlowBatch&)>& sink);

  /// Writes the rows as a Parquet file, a new one in the place of an old. Addresses are their 16
  /// bytes. kUnsupported where the engine is not embedded.
  Status export_parquet(const RowsQuestion& question, const std::filesystem::path& path);

  /// Inserts the contacts of one hour (hours since 1970) as insert() does flows.
  Status insert_contacts(std::size_t shard, BatchId batch, std::uint64_t hour,
                         std::span<const Contact> contacts);
  /// How many contacts of that batch the shard holds.
  [[nodiscard]] Result<std::uint64_t> contacts_of(std::size_t shard, BatchId batch,
                                                  std::uint64_t hour);
  /// Hands on the contacts of an hour, by client and server: what contact_details.h keeps of them.
  Status read_contacts(std::uint64_t hour,
                       const std::function<Status(std::span<const Contact>)>& sink);

  /// What is stored of tables that hold hours, by table and time; all shards together.
  [[nodiscard]] Result<std::vector<Partition>> partitions();
  [[nodiscard]] Result<std::uint64_t> bytes_stored();
  /// Deletes a partition on every shard; one that is not there is no error.
  Status drop(const Partition& partition);
  /// Deletes every partition of a table that ends at or before that hour; returns how many.
  [[nodiscard]] Result<std::uint64_t> drop_before(std::string_view table, std::uint64_t hour);

 private:
  class Implementation;
  explicit History(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
