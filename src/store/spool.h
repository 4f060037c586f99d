#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"
#include "model/flow_batch.h"
#include "store/batch_store.h"

namespace noroshi {

/// Batches of flows on disk, bounded, until an engine has them.
///
/// What append() took is on disk with fsync and survives the end of the program at any moment.
/// Batches leave in the order they came. A record that was cut short by such an end was never
/// acknowledged; it is recognised, counted and dropped.
///
/// Safe to use from several threads; append() may wait for the disk, the others do not.
class Spool {
 public:
  struct Config {
    std::filesystem::path
        folder{};  ///< made when it is not there; belongs to one program at a time
    std::uint64_t most_bytes = std::uint64_t{8} << 30;
    /// Bounds what the index in memory takes (about 100 bytes a record).
    std::size_t most_records = 1'000'000;
    /// A segment is closed when it is longer. Of a limit above 256 of them, 256 larger ones.
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  };
  /// Reads what an earlier run left. Fails with kUnavailable where another program has the folder,
  /// kPermission or kIo where it cannot be made or read, kUnsupported where a newer Noroshi wrote
  /// it.
  [[nodiscard]] static Result<std::unique_ptr<Spool>> open(Config config);
  ~Spool();

  struct Item {
    BatchId batch;
    std::uint64_t hour;
    std::uint32_t shard;     ///< see Waiting::shard
    bool unclear;            ///< see Waiting::unclear
    const FlowBatch* flows;  ///< at most kMostFrameRows
  };
  struct Appended {
    std::size_t count = 0;  ///< so many of the items, from the front, are on disk
    Status status;          ///< why the next one is not: kLimit or kIo
  };
  /// Writes batches and waits once until all are on disk.
  [[nodiscard]] Appended append(std::span<const Item> items);

  /// A batch that waits here.
  struct Waiting {
    std::uint64_t sequence = 0;  ///< its place: ascending in the order of append()
    BatchId batch = 0;
    std::uint64_t hour = 0;
    std::uint32_t rows = 0;
    /// The only shard that it may have been sent to.
    std::uint32_t shard = 0;
    /// That shard may hold it: it was sent without a clear answer, or left by an earlier run.
    bool unclear = false;
  };
  /// The first batch behind a place, or nothing.
  [[nodiscard]] std::optional<Waiting> next(std::uint64_t after) const;
  /// Its flows. kMalformed where the disk no longer holds what was written: the batch is then
  /// counted as damaged and gone.
  [[nodiscard]] Result<FlowBatch> read(std::uint64_t sequence);
  /// The engine has it. Need not reach the disk: after a crash the engine is asked.
  void done(std::uint64_t sequence);
  /// What is known of its fate; kept in memory only, for after a restart every batch is unclear.
  void set_unclear(std::uint64_t sequence, bool unclear);
  /// Before a batch is sent to another shard than before: on disk when it returns.
  Status move_to(std::uint64_t sequence, std::uint32_t shard);

  struct Statistics {
    std::uint64_t bytes = 0;  ///< of the segment files, what is done in them included
    std::uint64_t most_bytes = 0;
    std::uint64_t records = 0;  ///< waiting
    std::uint64_t flows = 0;    ///< waiting
    std::uint64_t segments = 0;
    std::uint64_t torn = 0;           ///< records cut short, never acknowledged
    std::uint64_t damaged = 0;        ///< records that the disk did not keep
    std::uint64_t damaged_flows = 0;  ///< flows lost with them
    std::uint64_t failed_appends = 0;
  };
  [[nodiscard]] Statistics statistics() const;

 private:
  class Implementation;
  explicit Spool(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
