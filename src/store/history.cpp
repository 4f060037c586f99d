#include "store/history.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/byte_reader.h"
#include "base/file.h"
#include "store/answers.h"
#include "store/contact_table.h"
#include "store/flow_table.h"
#include "store/rewriting_turn.h"
#include "store/rollup.h"
#include "store/row_reader.h"
#include "store/schema.h"
#include "store/sql/question_sql.h"
#include "store/trend_series.h"

// Door (out): the Parquet file of an export. Guard: a grant for export; written for the one who
// asked.

namespace noroshi {

class History::Implementation {
 public:
  Implementation(std::unique_ptr<Engine> engine, std::vector<AwayShard> away)
      : engine_(std::move(engine)), shards_(engine_->shards()) {
    for (auto& shard : away) shards_[shard.shard].missing = std::move(shard.why.message);
  }

  [[nodiscard]] Engine& engine() { return *engine_; }

  /// Ok once the tables of a shard are as this program wants them.
  Status prepare(std::size_t at) {
    auto& shard = shards_[at];
    const std::lock_guard preparing(shard.preparing);
    if (!missing(at)) return {};
    const auto brought = bring_shard_to(*engine_, at);
    const std::lock_guard lock(mutex_);
    shard.missing.reset();
    if (brought) return {};
    shard.missing = brought.error().message;
    // Whatever it is, the rows can wait until somebody has mended it.
    return failure(ErrorCode::kUnavailable, *shard.missing);
  }

  [[nodiscard]] std::optional<std::string> missing(std::size_t at) const {
    const std::lock_guard lock(mutex_);
    return shards_[at].missing;
  }

 private:
  struct Shard {
    std::mutex preparing;
    std::optional<std::string> missing;  // why its tables were not seen to; under mutex_
  };

  std::unique_ptr<Engine> engine_;
  mutable std::mutex mutex_;
  std::deque<Shard> shards_;
};

History::History(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
History::~History() = default;

Result<std::unique_ptr<History>> History::open(std::unique_ptr<Engine> engine) {
  if (!engine->is_shared()) TRY(finish_rewriting(*engine));
  auto away = bring_schema_to(*engine);
  if (!away) return tl::unexpected(in_context(engine->describe(), std::move(away).error()));
  return std::unique_ptr<History>(
      new History(std::make_unique<Implementation>(std::move(engine), std::move(*away))));
}

std::vector<std::string> History::shards_missing() const {
  std::vector<std::string> missing;
  for (std::size_t shard = 0; shard < implementation_->engine().shards(); ++shard)
    if (auto why = implementation_->missing(shard)) missing.push_back(std::move(*why));
  return missing;
}

Engine& History::engine() { return implementation_->engine(); }
std::string History::describe() const { return implementation_->engine().describe(); }
std::size_t History::shards() { return engine().shards(); }

Status History::insert(std::size_t shard, BatchId batch, const FlowBatch& rows) {
  if (rows.empty()) return {};
  const auto hour = hour_of(rows.last().front());
  const bool one_hour = std::all_of(rows.last().begin(), rows.last().end(),
                                    [&](std::uint64_t last) { return hour_of(last) == hour; });
  if (!one_hour || rows.size() > Engine::kMostRows || batch == 0)
    return failure(
        ErrorCode::kInvalidArgument,
        fmt::format("a batch of {} rows cannot be stored: one hour, at most {} rows, and "
                    "a number are needed",
                    rows.size(), Engine::kMostRows));
  TRY(implementation_->prepare(shard));
  return engine().insert(shard, FlowBlock(rows, batch).block());
}

namespace {

Result<std::uint64_t> ask_number(Engine& engine, std::size_t shard, const Statement& sql) {
  const auto answer = TRY(engine.ask_shard(shard, sql.text()));
  ByteReader reader(answer);
  const auto number = reader.read_u64_le();
  if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not count");
  return number;
}

}  // namespace

Result<std::uint64_t> History::rows_of(std::size_t shard, BatchId batch, std::uint64_t hour) {
  TRY(implementation_->prepare(shard));
  Statement sql;
  sql << "SELECT count() FROM noroshi.flows WHERE last >= " << hour * 3'600'000 << " AND last < "
      << (hour + 1) * 3'600'000 << " AND batch = " << batch;
  return ask_number(engine(), shard, sql);
}

Result<Answer> History::ask(Granted<GroupQuestion> granted) { return answer(engine(), granted); }

Result<Answer> History::ask(Granted<SeriesQuestion> granted) { return answer(engine(), granted); }

Result<Answer> History::ask(Granted<TrendSeriesQuestion> granted) {
  return answer(engine(), granted);
}

Status History::read(Granted<RowsQuestion> granted,
                     const std::function<Status(const FlowBatch&)>& sink) {
  return read_rows(engine(), granted, sink);
}

Status History::export_parquet(Granted<RowsQuestion> granted, const std::filesystem::path& path) {
  const auto table = engine().readable("flows");
  const auto file = TRY(File::open(path, O_WRONLY | O_CREAT | O_TRUNC));
  std::uint64_t written = 0;
  return engine().stream_parquet(
      rows_sql(granted.question(), granted.terms().hidden, {table}).text(),
      [&](std::span<const std::byte> piece) -> Status {
        TRY(file.write_at(written, piece));
        written += piece.size();
        return {};
      });
}

Status History::insert_contacts(std::size_t shard, BatchId batch, std::uint64_t hour,
                                std::span<const Contact> contacts) {
  if (contacts.empty()) return {};
  if (contacts.size() > Engine::kMostRows || batch == 0)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("a batch of {} contacts cannot be stored: at most {}, and a number "
                               "are needed",
                               contacts.size(), Engine::kMostRows));
  TRY(implementation_->prepare(shard));
  return engine().insert(shard, ContactBlock(contacts, hour, batch).block());
}

Result<std::uint64_t> History::contacts_of(std::size_t shard, BatchId batch, std::uint64_t hour) {
  Statement sql;
  sql << "SELECT count() FROM noroshi.contacts WHERE hour = " << hour << " AND batch = " << batch;
  return ask_number(engine(), shard, sql);
}

Status History::read_contacts(Granted<ContactsQuestion> granted,
                              const std::function<Status(std::span<const Contact>)>& sink) {
  const auto hour = granted.question().hour;
  ContactReader reader(hour, sink);
  const auto name = engine().readable("contacts");
  TRY(engine().stream(contacts_sql(hour, {name}).text(),
                      [&](std::span<const std::byte> piece) { return reader.take(piece); }));
  return reader.finish();
}

Result<std::vector<ClearRows>> History::clear_rows(Granted<ClearRowsQuestion> granted) {
  return noroshi::clear_rows(engine(), granted);
}

Status History::rewrite(Granted<ClearRowsQuestion> granted, const Partition& partition,
                        const AddressChange& change, const RewritingHeed& heed) {
  return rewrite_partition(engine(), granted, partition, change, heed);
}

Status History::drop_for_good(const Partition& partition, const RewritingHeed& heed) {
  return noroshi::drop_for_good(engine(), partition, heed);
}

Result<bool> History::has_turn(std::string_view node) {
  if (!engine().is_shared()) return false;
  return TRY(turn_of(engine())) == node;
}

Status History::take_turn(std::string_view node) {
  TRY(noroshi::take_turn(engine(), node));
  return finish_rewriting(engine());
}

Status History::give_turn() { return noroshi::give_turn(engine()); }

Result<std::uint64_t> History::roll_up(Timestamp now) { return Rollups(engine()).build(now); }

Result<std::vector<Partition>> History::partitions() {
  std::vector<Partition> partitions;
  for (const auto* table : stored_tables()) {
    if (table->hours_of_partition == 0) continue;
    Statement sql;
    sql << "SELECT toUInt64(partition), toUInt64(sum(rows)), toUInt64(sum(bytes_on_disk)) FROM "
           "system.parts WHERE database = 'noroshi' AND table = '"
        << table->name << "' AND active GROUP BY partition";
    std::map<std::uint64_t, Partition> of_table;
    for (std::size_t shard = 0; shard < shards(); ++shard) {
      TRY(implementation_->prepare(shard));
      const auto answer = TRY(engine().ask_shard(shard, sql.text()));
      ByteReader reader(answer);
      while (!reader.at_end()) {
        const auto number = reader.read_u64_le();
        auto& partition = of_table[number];
        partition.rows += reader.read_u64_le();
        partition.bytes += reader.read_u64_le();
      }
      if (!reader.ok())
        return failure(ErrorCode::kMalformed, "the engine does not tell its partitions");
    }
    for (auto& [number, partition] : of_table) {
      partition.table = table->name.text();
      partition.number = number;
      partition.begin = number * table->hours_of_partition;
      partition.end = partition.begin + table->hours_of_partition;
      partitions.push_back(std::move(partition));
    }
  }
  return partitions;
}

Result<std::uint64_t> History::bytes_stored() {
  std::uint64_t bytes = 0;
  for (const auto& partition : TRY(partitions())) bytes += partition.bytes;
  return bytes;
}

Status History::drop(const Partition& partition) {
  Statement sql;
  sql << "ALTER TABLE noroshi." << SqlTable{partition.table} << " DROP PARTITION "
      << partition.number;
  return engine().execute(sql.text());
}

Result<std::uint64_t> History::drop_before(std::string_view table, std::uint64_t hour) {
  std::uint64_t dropped = 0;
  for (const auto& partition : TRY(partitions())) {
    if (partition.table != table || partition.end > hour) continue;
    TRY(drop(partition));
    ++dropped;
  }
  return dropped;
}

}  // namespace noroshi
