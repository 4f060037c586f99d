#include "store/rewriting.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "store/contact_table.h"
#include "store/flow_table.h"
#include "store/sql/statement.h"

namespace noroshi {
namespace {

/// What is read, changed and inserted at once; memory holds it about four times.
constexpr std::uint64_t kBytesAtOnce = std::uint64_t{32} << 20;
/// Batches that one statement names.
constexpr std::size_t kBatchesAtOnce = 1000;
/// How often a partition is begun anew because others took rows from it.
constexpr int kMostAttempts = 4;
constexpr std::chrono::milliseconds kPause{200};
/// Parts that are merged stay for eight minutes; then they are cleared within one.
constexpr std::chrono::minutes kLongestClearing{20};
/// Statements of others that began before a table was sealed.
constexpr std::chrono::minutes kLongestInsert{5};
/// While the engine has too many small parts to take more.
constexpr std::chrono::minutes kLongestRefusal{5};
constexpr std::uint64_t kRoomBeside = std::uint64_t{64} << 20;
constexpr std::uint32_t kDisksSince = 20'001;

/// A table that addresses are rewritten in, and what its rows are told apart by.
struct Rewritten {
  const StoredTable& table;
  SqlWords hour;           ///< since 1970
  SqlWords span;           ///< what batches follow one another in, as the table is sorted
  SqlWords share;          ///< a number that divides a batch
  SqlWords varying_bytes;  ///< of a row, beside its columns of fixed width
};

std::span<const Rewritten> all_rewritten() {
  static const Rewritten kAll[] = {
      {flow_table(), "intDiv(last, 3600000)", "received", "number", "0"},
      {contact_table(), "hour", "toUInt64(hour)", "cityHash64(server_address, client)",
       "length(details)"},
  };
  return kAll;
}

const Rewritten* find_rewritten(std::string_view table) {
  const auto all = all_rewritten();
  const auto found = std::ranges::find_if(
      all, [&](const Rewritten& each) { return each.table.name.text() == table; });
  return found == all.end() ? nullptr : &*found;
}

/// Batches that are read together; one that is too large for that is read in shares.
struct Chunk {
  std::vector<std::uint64_t> batches;
  std::uint64_t first = 0;  ///< of the span
  std::uint64_t last = 0;
  std::uint64_t bytes = 0;
  std::uint64_t shares = 1;
};

/// What tells sets of rows apart.
struct Tally {
  std::uint64_t rows = 0;
  std::uint64_t sum_of_batches = 0;
  friend bool operator==(const Tally&, const Tally&) = default;
};

/// One table of one shard, with those beside it.
class ShardTable {
 public:
  ShardTable(Engine& engine, std::size_t shard, const Rewritten& rewritten)
      : engine_(engine),
        shard_(shard),
        rewritten_(rewritten),
        live_(rewritten.table.name.text()),
        rewriting_(live_ + "_rewriting"),
        rewritten_name_(live_ + "_rewritten"),
        sealed_(live_ + "_sealed") {}

  Status finish() {
    if (TRY(exists(sealed_))) {
      if (TRY(exists(live_)))
        return failure(ErrorCode::kUnsupported,
                       fmt::format("there are tables noroshi.{} and noroshi.{}, and only one of "
                                   "them should be: somebody made the second by hand",
                                   live_, sealed_));
      RewritingProgress nobody;
      if (TRY(exists(rewritten_name_))) TRY(replace_sealed(nobody, {}));
      TRY(unseal());
    }
    TRY(drop_table(rewritten_name_));
    return drop_table(rewriting_);
  }

  Status rewrite(const Partition& partition, const AddressChange& change,
                 RewritingProgress& progress, const RewritingHeed& heed) {
    const auto before = progress.rows;
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
      progress.rows = before;
      copied_.clear();
      TRY(make_empty());
      TRY(copy(live_, partition, change, progress, heed));
      if (copied_.empty()) return drop_table(rewriting_);
      // So that little is left for while it is sealed.
      if (engine_.is_shared()) TRY(copy(live_, partition, change, progress, heed));
      TRY(rename(live_, sealed_));
      const auto same = catch_up(partition, change, progress);
      if (!same || !*same) {
        TRY(unseal());
        if (!same) return tl::unexpected(same.error());
        continue;
      }
      TRY(rename(rewriting_, rewritten_name_));
      // From here on there is one way only, and finish() goes it too: who heeds it is told.
      TRY(replace_sealed(progress, [&](const RewritingProgress& now) -> Status {
        if (heed) (void)heed(now);
        return {};
      }));
      TRY(unseal());
      return drop_table(rewritten_name_);
    }
    TRY(drop_table(rewriting_));
    return failure(ErrorCode::kUnavailable,
                   fmt::format("rows of hours that are being rewritten kept going from {}: let "
                               "nobody else delete there until it is done",
                               live_));
  }

  Status drop(std::uint64_t partition, RewritingProgress& progress, const RewritingHeed& heed) {
    TRY(drop_partition(live_, partition));
    return wait_until_cleared(live_, partition, progress, heed);
  }

  /// What a partition takes on this shard must fit a second time.
  Status make_sure_of_room(const Partition& partition) {
    if (engine_.version() < kDisksSince) return {};  // it refuses an insert that does not fit
    Statement bytes;
    bytes << "SELECT toUInt64(sum(bytes_on_disk)) FROM system.parts WHERE database = 'noroshi' "
             "AND table = '"
          << SqlTable{live_} << "' AND partition = '" << partition.number << "' AND active = 1";
    const auto taken = TRY(number(bytes));
    Statement disks;
    disks << "SELECT toUInt64(max(free_space)) FROM system.disks";
    const auto free = TRY(number(disks));
    const auto needed = taken + taken / 10 + kRoomBeside;
    if (free >= needed) return {};
    return failure(ErrorCode::kLimit,
                   fmt::format("{} of hours {} to {} take {} bytes and are written a second time "
                               "before the old ones go, but only {} bytes are free: make room",
                               live_, partition.begin, partition.end, taken, free));
  }

 private:
  Result<std::vector<std::uint64_t>> numbers(const Statement& sql) {
    const auto answer = TRY(engine_.ask_shard(shard_, sql.text()));
    std::vector<std::uint64_t> values;
    ByteReader reader(answer);
    while (!reader.at_end()) values.push_back(reader.read_u64_le());
    if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not count");
    return values;
  }
  Result<std::uint64_t> number(const Statement& sql) {
    const auto values = TRY(numbers(sql));
    if (values.size() != 1) return failure(ErrorCode::kMalformed, "the engine does not count");
    return values.front();
  }
  Status execute(const Statement& sql) { return engine_.execute_on(shard_, sql.text()); }

  Result<bool> exists(std::string_view table) {
    Statement sql;
    sql << "SELECT toUInt64(count()) FROM system.tables WHERE database = 'noroshi' AND name = '"
        << SqlTable{table} << "'";
    return TRY(number(sql)) > 0;
  }

  Status rename(std::string_view from, std::string_view to) {
    Statement sql;
    sql << "RENAME TABLE noroshi." << SqlTable{from} << " TO noroshi." << SqlTable{to};
    return execute(sql);
  }
  Status unseal() { return rename(sealed_, live_); }

  Status drop_partition(std::string_view table, std::uint64_t partition) {
    Statement sql;
    sql << "ALTER TABLE noroshi." << SqlTable{table} << " DROP PARTITION " << partition;
    return execute(sql);
  }

  Result<std::vector<std::uint64_t>> partitions_of(std::string_view table) {
    Statement sql;
    sql << "SELECT DISTINCT toUInt64(partition) FROM system.parts WHERE database = 'noroshi' AND "
           "table = '"
        << SqlTable{table} << "' AND active = 1";
    return numbers(sql);
  }

  /// An engine may keep what a table held for minutes after it is gone; not so partitions.
  Status drop_table(std::string_view table) {
    if (!TRY(exists(table))) return {};
    for (const auto partition : TRY(partitions_of(table))) TRY(drop_partition(table, partition));
    Statement sql;
    sql << "DROP TABLE IF EXISTS noroshi." << SqlTable{table};
    return execute(sql);
  }

  Status make_empty() {
    TRY(drop_table(rewriting_));
    Statement sql;
    sql << "CREATE TABLE noroshi." << SqlTable{rewriting_} << " AS noroshi." << SqlTable{live_};
    return execute(sql);
  }

  /// The rows of X_rewritten in the place of the sealed ones.
  Status replace_sealed(RewritingProgress& progress, const RewritingHeed& heed) {
    for (const auto partition : TRY(partitions_of(rewritten_name_))) {
      TRY(drop_partition(sealed_, partition));
      // Else a server that is killed finds them again: what was merged longest.
      TRY(wait_until_cleared(sealed_, partition, progress, heed));
      Statement sql;
      sql << "ALTER TABLE noroshi." << SqlTable{sealed_} << " ATTACH PARTITION " << partition
          << " FROM noroshi." << SqlTable{rewritten_name_};
      TRY(execute(sql));
    }
    return {};
  }

  /// Parts of a partition that are not in use: merged, or dropped.
  Status wait_until_cleared(std::string_view table, std::uint64_t partition,
                            RewritingProgress& progress, const RewritingHeed& heed) {
    Statement sql;
    // Named, `_state` brings those too that are being removed at this moment.
    sql << "SELECT toUInt64(count()) FROM system.parts WHERE database = 'noroshi' AND table = '"
        << SqlTable{table} << "' AND partition = '" << partition
        << "' AND active = 0 AND _state != ''";
    return wait(sql, kLongestClearing, progress, heed,
                "the engine does not clear old parts of hours that were rewritten or dropped");
  }

  /// Until it answers 0.
  Status wait(const Statement& sql, std::chrono::minutes longest, RewritingProgress& progress,
              const RewritingHeed& heed, const char* in_vain) {
    const auto until = std::chrono::steady_clock::now() + longest;
    while (TRY(number(sql)) > 0) {
      if (std::chrono::steady_clock::now() > until)
        return failure(ErrorCode::kUnavailable, in_vain);
      progress.waits = true;
      if (heed) TRY(heed(progress));
      std::this_thread::sleep_for(kPause);
    }
    progress.waits = false;
    return {};
  }

  void where(Statement& sql, const Partition& partition) const {
    sql << " WHERE " << rewritten_.hour << " >= " << partition.begin << " AND " << rewritten_.hour
        << " < " << partition.end;
  }

  Result<Tally> tally(std::string_view table, const Partition& partition) {
    Statement sql;
    sql << "SELECT toUInt64(count()), toUInt64(sum(batch)) FROM noroshi." << SqlTable{table};
    where(sql, partition);
    const auto values = TRY(numbers(sql));
    if (values.size() != 2) return failure(ErrorCode::kMalformed, "the engine does not count");
    return Tally{values[0], values[1]};
  }

  /// Copies from the sealed table what came in since; false where rows went meanwhile.
  Result<bool> catch_up(const Partition& partition, const AddressChange& change,
                        RewritingProgress& progress) {
    if (engine_.is_shared()) {
      // An insert that began before goes on, under whichever name.
      Statement sql;
      sql << "SELECT toUInt64(count()) FROM system.processes WHERE query LIKE 'INSERT INTO "
             "noroshi."
          << SqlTable{live_} << " %'";
      TRY(wait(sql, kLongestInsert, progress, {}, "an insert into a table does not end"));
    }
    TRY(copy(sealed_, partition, change, progress, {}));
    return TRY(tally(sealed_, partition)) == TRY(tally(rewriting_, partition));
  }

  [[nodiscard]] std::uint64_t fixed_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& column : rewritten_.table.columns) bytes += size_of(column.type);
    return bytes;
  }

  /// Of the batches that have not been copied yet: a batch is inserted whole or not at all.
  Result<std::vector<Chunk>> chunks(std::string_view from, const Partition& partition) {
    Statement sql;
    sql << "SELECT batch, toUInt64(min(" << rewritten_.span << ")), toUInt64(max("
        << rewritten_.span << ")), toUInt64(sum(" << rewritten_.varying_bytes << " + "
        << fixed_bytes() << ")) AS bytes FROM noroshi." << SqlTable{from};
    where(sql, partition);
    sql << " GROUP BY batch ORDER BY min(" << rewritten_.span << "), batch";
    const auto values = TRY(numbers(sql));
    std::vector<Chunk> chunks;
    for (std::size_t at = 0; at + 3 < values.size(); at += 4) {
      const auto bytes = values[at + 3];
      if (copied_.contains(values[at])) continue;
      if (chunks.empty() || chunks.back().bytes + bytes > kBytesAtOnce ||
          chunks.back().batches.size() == kBatchesAtOnce)
        chunks.push_back({{}, values[at + 1], values[at + 2], 0, 1});
      auto& chunk = chunks.back();
      chunk.batches.push_back(values[at]);
      chunk.first = std::min(chunk.first, values[at + 1]);
      chunk.last = std::max(chunk.last, values[at + 2]);
      chunk.bytes += bytes;
      chunk.shares = 1 + chunk.bytes / kBytesAtOnce;
    }
    return chunks;
  }

  Status copy(std::string_view from, const Partition& partition, const AddressChange& change,
              RewritingProgress& progress, const RewritingHeed& heed) {
    for (const auto& chunk : TRY(chunks(from, partition))) {
      for (std::uint64_t share = 0; share < chunk.shares; ++share) {
        if (heed) TRY(heed(progress));
        auto rows = TRY(read(from, partition, chunk, share));
        if (rows.size() == 0) continue;
        TRY(rows.change(change));
        TRY(insert(rows, progress, heed));
        progress.rows += rows.size();
      }
      copied_.insert(chunk.batches.begin(), chunk.batches.end());
    }
    return {};
  }

  Result<ChangedRows> read(std::string_view from, const Partition& partition, const Chunk& chunk,
                           std::uint64_t share) {
    Statement sql;
    sql << "SELECT ";
    SqlList list(", ");
    for (const auto& column : rewritten_.table.columns) {
      list.next(sql);
      sql << column.name;
    }
    sql << " FROM noroshi." << SqlTable{from};
    where(sql, partition);
    sql << " AND " << rewritten_.span << " >= " << chunk.first << " AND " << rewritten_.span
        << " <= " << chunk.last << " AND batch IN (";
    SqlList batches(", ");
    for (const auto batch : chunk.batches) {
      batches.next(sql);
      sql << batch;
    }
    sql << ")";
    if (chunk.shares > 1)
      sql << " AND modulo(" << rewritten_.share << ", " << chunk.shares << ") = " << share;
    ChangedRows rows(rewritten_.table.columns);
    TRY(rows.read(TRY(engine_.ask_shard(shard_, sql.text()))));
    return rows;
  }

  Status insert(const ChangedRows& rows, RewritingProgress& progress, const RewritingHeed& heed) {
    const auto until = std::chrono::steady_clock::now() + kLongestRefusal;
    while (true) {
      auto inserted = engine_.insert(shard_, rows.block(rewriting_));
      const bool may_get_better = !inserted && inserted.error().code == ErrorCode::kUnavailable &&
                                  std::chrono::steady_clock::now() < until;
      if (!may_get_better) return inserted;
      progress.waits = true;
      if (heed) TRY(heed(progress));
      std::this_thread::sleep_for(kPause);
      progress.waits = false;
    }
  }

  Engine& engine_;
  const std::size_t shard_;
  const Rewritten& rewritten_;
  const std::string live_;
  const std::string rewriting_;
  const std::string rewritten_name_;
  const std::string sealed_;
  std::set<std::uint64_t> copied_;  // batches that X_rewriting holds
};

Result<const Rewritten*> rewritten_of(const Partition& partition) {
  const auto* rewritten = find_rewritten(partition.table);
  if (rewritten == nullptr)
    return failure(ErrorCode::kInvalidArgument, partition.table + ": it holds no addresses");
  return rewritten;
}

}  // namespace

Status rewrite_partition(Engine& engine, const Granted<ClearRowsQuestion>& /*granted*/,
                         const Partition& partition, const AddressChange& change,
                         const RewritingHeed& heed) {
  const auto* rewritten = TRY(rewritten_of(partition));
  RewritingProgress progress{.rows = 0, .of = partition.rows, .waits = false};
  for (std::size_t shard = 0; shard < engine.shards(); ++shard)
    TRY(ShardTable(engine, shard, *rewritten).make_sure_of_room(partition));
  for (std::size_t shard = 0; shard < engine.shards(); ++shard)
    TRY(ShardTable(engine, shard, *rewritten).rewrite(partition, change, progress, heed));
  return {};
}

Status finish_rewriting(Engine& engine) {
  for (std::size_t shard = 0; shard < engine.shards(); ++shard)
    for (const auto& rewritten : all_rewritten())
      TRY(ShardTable(engine, shard, rewritten).finish());
  return {};
}

Status drop_for_good(Engine& engine, const Partition& partition, const RewritingHeed& heed) {
  const auto* rewritten = TRY(rewritten_of(partition));
  RewritingProgress progress{.rows = 0, .of = partition.rows, .waits = false};
  for (std::size_t shard = 0; shard < engine.shards(); ++shard)
    TRY(ShardTable(engine, shard, *rewritten).drop(partition.number, progress, heed));
  return {};
}

}  // namespace noroshi
