#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/flow_sink.h"
#include "store/batch_store.h"
#include "store/delivery.h"
#include "store/open_batches.h"
#include "store/spool.h"

namespace noroshi {

/// Brings flows into history, each exactly once (docs/reference/delivery.md).
///
/// Flows are gathered into batches, which a thread for each shard inserts; when the engine is slow
/// or away they go to the spool, and from there to the engine in their order when it is back. A
/// flow is *acknowledged* when the engine answered that it has it, or when its spool record is on
/// disk: from then on it survives the end of this program at any moment. At every moment a flow
/// that was taken is in exactly one of: an open batch, the queue, the spool, the engine, or counted
/// lost.
class HistoryWriter final : public FlowSink {
 public:
  struct Config {
    OpenBatches::Config batches{};
    Delivery::Config delivery{};
    /// Rows waiting in memory above which the oldest go to the spool; above twice as many, which
    /// only a spool that is full or failing brings about, new ones are lost and counted.
    std::size_t queue_rows = 1'000'000;
    /// A batch that waits longer for the engine goes to the spool.
    std::chrono::milliseconds spool_after{5000};
    /// How long stop() lets the engine take what is in memory; the rest goes to the spool.
    std::chrono::milliseconds stop_within{10'000};
  };
  struct Dependencies {
    BatchStore& store;
    Spool& spool;
  };

  /// Inert: no thread runs before start(). `store` and `spool` outlive the writer.
  HistoryWriter(Config config, Dependencies dependencies);
  ~HistoryWriter() override;

  void start();
  /// Brings all that is in memory to the engine, or to the spool. Safe to call twice; take() must
  /// no longer be called.
  void stop();

  /// Copies the rows, and never waits for the engine or the disk.
  void take(FlowBatch&& batch) override;

  /// Closes the open batches and waits until no flow is left in memory: every one taken before is
  /// then acknowledged. kUnavailable where that took longer, kLimit where some were lost meanwhile.
  Status flush(std::chrono::milliseconds within);

  struct Statistics {
    std::uint64_t taken = 0;         ///< flows, as all of these unless said otherwise
    std::uint64_t acknowledged = 0;  ///< by the engine or the spool, each once
    std::uint64_t inserted = 0;      ///< that the engine has, from memory or the spool
    std::uint64_t spooled = 0;       ///< that went to the spool
    std::uint64_t drained = 0;       ///< that left it for the engine
    std::uint64_t lost = 0;          ///< neither engine nor spool would take them in time
    std::uint64_t open = 0;          ///< in open batches
    std::uint64_t queued = 0;        ///< in closed batches in memory, those at the engine included
    std::uint64_t batches_open = 0;
    std::uint64_t batches_queued = 0;
    std::uint64_t batches_inserted = 0;
    std::uint64_t batches_found = 0;         ///< of an unclear fate, and the engine had them
    std::uint64_t batches_partly = 0;        ///< of which the engine kept only some rows
    std::uint64_t batches_refused = 0;       ///< set aside in the spool until the next start
    std::uint64_t batches_closed_early = 0;  ///< because too many hours were open
    std::string last_error;                  ///< of engine or spool; empty: none yet
    Timestamp last_success{};                ///< when the engine last took a batch
    Delivery::Statistics delivery;
    Spool::Statistics spool;
  };
  [[nodiscard]] Statistics statistics() const;

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Pending {
    BatchId id = 0;
    HourBatch batch;
    Fate fate;
    Moment since;          ///< when it was closed
    bool refused = false;  ///< by the engine: only the spool takes it
  };

  /// Under open_mutex_, so that no flow is seen nowhere.
  void enqueue(std::vector<HourBatch> closed, Moment now);
  void insert_loop();
  void keep_loop();
  /// Tries the first batch in the queue, or in the spool, that may be tried now; false where there
  /// is none. `lock` holds mutex_, which is free while the engine works.
  bool insert_from_queue(std::unique_lock<std::mutex>& lock);
  bool insert_from_spool(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool should_spool(Moment now) const;
  /// Moves some batches from the front of the queue to the spool. False: the spool took none.
  bool spool_some(std::unique_lock<std::mutex>& lock, bool all);
  void count_stored(std::uint64_t rows, bool from_spool);

  const Config config_;
  Spool& spool_;
  Delivery delivery_;

  mutable std::mutex open_mutex_;
  OpenBatches open_;
  std::uint64_t taken_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable work_;  // for the inserting threads
  std::condition_variable keep_;  // for the keeping thread
  std::condition_variable idle_;  // for flush
  std::deque<Pending> queue_;
  std::size_t queued_rows_ = 0;  // in queue_ and away_
  std::size_t away_ = 0;         // batches taken out of queue_ by one of the threads
  bool running_ = false;
  bool stopping_ = false;
  Moment stop_by_{};
  Moment spool_again_{};   // after a failure of the spool
  Moment insert_again_{};  // after an attempt that no shard's pause explains
  BatchId next_batch_;
  std::uint64_t cursor_ = 0;           // in the spool, behind which the next attempt looks
  std::set<std::uint64_t> set_aside_;  // in the spool, refused
  std::set<std::uint64_t> in_hand_;    // in the spool, being tried by a thread
  bool spool_turn_ = false;
  Statistics statistics_;

  std::vector<std::thread> inserters_;  // one for each shard
  std::thread keeper_;
};

}  // namespace noroshi
