#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "guard/retention/holds.h"
#include "pipeline/deletion_record.h"
#include "store/history.h"
#include "store/retention.h"
#include "store/rollup.h"

namespace noroshi {

/// What upkeep has done. All counters only grow, but for `bytes_stored`.
struct UpkeepStatistics {
  std::uint64_t passes = 0;
  std::uint64_t failures = 0;
  std::uint64_t partitions_dropped = 0;
  std::uint64_t bytes_dropped = 0;
  std::uint64_t hours_rolled_up = 0;
  std::uint64_t bytes_stored = 0;  ///< at the last pass
  bool too_full = false;           ///< limits that cannot be kept: nothing more may be dropped
  std::uint64_t held_dropped = 0;  ///< partitions dropped although held: the disk was full
  // At the last pass: what is past its time and stays, because open cases hold it.
  std::uint64_t partitions_held = 0;
  std::uint64_t bytes_held = 0;
  std::uint64_t entries_waiting = 0;  ///< deletions that the audit could not yet be told of
};

/// What is stored, and what limits it.
struct RetentionState {
  std::vector<Partition> partitions;
  RetentionLimits limits;
  std::optional<DiskState> disk;
};

/// Keeps the history in order, in a thread of its own: drops what retention says, rolls closed
/// hours up. Retention comes first in every pass, and every pass comes soon: a full disk does not
/// wait. Each drop is on record before it happens and after; what an open case holds stays.
class Upkeep {
 public:
  struct Config {
    RetentionLimits limits;       ///< `least_free` is made of the next
    double least_free_share = 0;  ///< of the file system, to be left free whoever else writes there
    /// On whose file system the share and the free space are; empty: not known (a cluster).
    std::filesystem::path folder;
    std::chrono::milliseconds interval{20'000};
    std::chrono::milliseconds rollup_interval{120'000};
  };
  struct Dependencies {
    History& history;
    HoldSource holds;  ///< absent: nothing is held
    DeletionRecord::Append record;
    /// Told of what was dropped and what failed, for the log.
    std::function<void(const Drop& drop)> dropped;
    std::function<void(const std::string& what, const std::string& why)> failed;
  };

  Upkeep(Config config, Dependencies dependencies);
  ~Upkeep();

  void start();
  /// Returns after the pass in hand. Safe to call twice.
  void stop();
  /// From the next pass on. Thread-safe, as are those below.
  void set_limits(RetentionLimits limits, double least_free_share);
  [[nodiscard]] UpkeepStatistics statistics() const;

  /// As the next pass would find it.
  [[nodiscard]] Result<RetentionState> state();
  /// The same where no upkeep runs.
  [[nodiscard]] static Result<RetentionState> state_of(const Config& config, History& history);

 private:
  void run();
  void apply_retention();
  void roll_up();
  [[nodiscard]] Config config() const;

  Config config_;
  Dependencies dependencies_;
  DeletionRecord record_;  // of the thread
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  UpkeepStatistics statistics_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace noroshi
