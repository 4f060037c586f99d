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
};

/// Keeps the history in order, in a thread of its own: drops what retention says, rolls closed
/// hours up. Retention comes first in every pass, and every pass comes soon: a full disk does not
/// wait.
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

 private:
  void run();
  void apply_retention();
  void roll_up();
  [[nodiscard]] std::optional<DiskState> disk() const;

  Config config_;
  Dependencies dependencies_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  UpkeepStatistics statistics_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace noroshi
