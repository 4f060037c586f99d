#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "guard/clear_rows_question.h"
#include "guard/grant.h"
#include "store/changed_rows.h"
#include "store/engine.h"
#include "store/partition.h"

namespace noroshi {

/// How far the rewriting of a partition is.
struct RewritingProgress {
  std::uint64_t rows = 0;  ///< written anew, of all shards
  std::uint64_t of = 0;
  /// Waiting until the engine has cleared old parts from its disks, which takes minutes.
  bool waits = false;
};
/// Told some times a second at most, while nothing is half done: an error ends the rewriting, and
/// everything is as it was.
using RewritingHeed = std::function<Status(const RewritingProgress&)>;

/// Writes all rows of a partition of "flows" or "contacts" anew, their addresses changed and
/// everything else as it was, and puts them in the place of the old ones, shard by shard. It
/// returns when the old rows are on no disk any more.
///
/// The new rows gather in a table beside the old one (X_rewriting), some tens of MiB at a time.
/// Then the old table is renamed (X_sealed), so that nobody reads or writes it: who tries is told
/// that there is no such table, and comes again (store/delivery.h). Batches that came in meanwhile
/// are copied too; were rows taken meanwhile, it gets its name back and it all begins anew. Then
/// the new rows are made final by the name of their table (X_rewritten), the partition is dropped
/// and filled from there, and the old table gets its name back. Ended at any moment,
/// finish_rewriting() leaves a shard with either the old rows or the new ones.
///
/// kLimit, and nothing is changed, where the disk does not hold the partition a second time, as far
/// as the engine tells; kUnavailable where others keep deleting there.
///
/// Hands every address of the partition to `change`: for the guard's own purpose alone. One at a
/// time; of an engine that is shared, under its turn (rewriting_turn.h).
Status rewrite_partition(Engine& engine, const Granted<ClearRowsQuestion>& granted,
                         const Partition& partition, const AddressChange& change,
                         const RewritingHeed& heed);

/// Ends what a rewriting that was killed had begun: by the new rows where they were final, else by
/// the old ones. Nothing to do is no error.
Status finish_rewriting(Engine& engine);

/// Drops a partition on every shard and returns when its rows are on no disk any more: else a
/// server that is killed may find them again.
Status drop_for_good(Engine& engine, const Partition& partition, const RewritingHeed& heed);

}  // namespace noroshi
