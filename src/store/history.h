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
#include "base/time.h"
#include "guard/grant.h"
#include "model/contact.h"
#include "model/flow_batch.h"
#include "question/question.h"
#include "question/trend.h"
#include "store/batch_store.h"
#include "store/clear_rows.h"
#include "store/engine.h"
#include "store/partition.h"
#include "store/rewriting.h"

namespace noroshi {

/// The stored past: flows, contacts and rollups in an Engine; the same SQL for every engine.
///
/// Nothing of a subscriber's traffic is read but for a Granted question (guard/grant.h): what it
/// does not allow is not in the SQL. Counts of rows, batches and partitions need none.
///
/// Safe to use from several threads: questions run beside inserts.
class History final : public BatchStore {
 public:
  /// Brings the schema up to date (see schema.h) and is then ready. Of an engine that is not
  /// shared, a rewriting that was killed is ended first. An engine that was written by a newer
  /// Noroshi is refused in one clear line. A shard that is away takes no rows (kUnavailable) before
  /// it is back and its schema is up to date, which is seen to when rows are sent to it or its
  /// partitions() are asked for.
  [[nodiscard]] static Result<std::unique_ptr<History>> open(std::unique_ptr<Engine> engine);
  ~History() override;

  /// "embedded engine …": for people.
  [[nodiscard]] std::string describe() const;

  [[nodiscard]] std::size_t shards() override;
  /// Why each shard that was away at the start cannot be used yet; empty: all can.
  [[nodiscard]] std::vector<std::string> shards_missing() const;
  Status insert(std::size_t shard, BatchId batch, const FlowBatch& rows) override;
  [[nodiscard]] Result<std::uint64_t> rows_of(std::size_t shard, BatchId batch,
                                              std::uint64_t hour) override;
  /// Hours since 1970 of a row's `last`: the partition it belongs to.
  [[nodiscard]] static std::uint64_t hour_of(std::uint64_t last) { return last / 3'600'000; }

  /// Sums as the grant has them: over too few lines left out, counts rounded. A total is then that
  /// of what is left.
  [[nodiscard]] Result<Answer> ask(Granted<GroupQuestion> granted);
  [[nodiscard]] Result<Answer> ask(Granted<SeriesQuestion> granted);
  /// Of the sums that are kept without addresses.
  [[nodiscard]] Result<Answer> ask(Granted<TrendSeriesQuestion> granted);
  /// Hands on the rows in batches of some thousands, hidden columns zero. An error of `sink` ends
  /// it and is returned.
  Status read(Granted<RowsQuestion> granted, const std::function<Status(const FlowBatch&)>& sink);

  /// Writes the rows as a Parquet file, a new one in the place of an old. Addresses are their 16
  /// bytes, hidden columns zero. kUnsupported where the engine is not embedded.
  Status export_parquet(Granted<RowsQuestion> granted, const std::filesystem::path& path);

  /// Inserts the contacts of one hour (hours since 1970) as insert() does flows.
  Status insert_contacts(std::size_t shard, BatchId batch, std::uint64_t hour,
                         std::span<const Contact> contacts);
  /// How many contacts of that batch the shard holds.
  [[nodiscard]] Result<std::uint64_t> contacts_of(std::size_t shard, BatchId batch,
                                                  std::uint64_t hour);
  /// Hands on the contacts of an hour, by client and server: what contact_details.h keeps of them.
  Status read_contacts(Granted<ContactsQuestion> granted,
                       const std::function<Status(std::span<const Contact>)>& sink);

  /// Where rows hold subscribers' addresses in clear (clear_rows.h).
  [[nodiscard]] Result<std::vector<ClearRows>> clear_rows(Granted<ClearRowsQuestion> granted);
  /// Other addresses in the place of those of a partition (rewriting.h); in this node's turn.
  Status rewrite(Granted<ClearRowsQuestion> granted, const Partition& partition,
                 const AddressChange& change, const RewritingHeed& heed = {});
  /// As drop(), and returns when the rows are on no disk any more (rewriting.h).
  Status drop_for_good(const Partition& partition, const RewritingHeed& heed = {});
  /// Whether this node took its turn in an earlier run and has not given it back: it was killed.
  /// Never of an engine that is not shared.
  [[nodiscard]] Result<bool> has_turn(std::string_view node);
  /// This node's turn to rewrite or drop rows from before (rewriting_turn.h). Ends first what an
  /// earlier one had begun.
  Status take_turn(std::string_view node);
  Status give_turn();

  /// Rolls up what ended before `now` (rollup.h).
  [[nodiscard]] Result<std::uint64_t> roll_up(Timestamp now);

  /// What is stored of tables that hold hours, by table and time; all shards together.
  [[nodiscard]] Result<std::vector<Partition>> partitions();
  [[nodiscard]] Result<std::uint64_t> bytes_stored();
  /// Deletes a partition on every shard; one that is not there is no error.
  Status drop(const Partition& partition);
  /// Deletes every partition of a table that ends at or before that hour; returns how many.
  [[nodiscard]] Result<std::uint64_t> drop_before(std::string_view table, std::uint64_t hour);

 private:
  class Implementation;
  [[nodiscard]] Engine& engine();
  explicit History(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
