#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/contact.h"
#include "model/flow_batch.h"
#include "summarise/summariser.h"

namespace noroshi {

/// What HourlyContacts did. All counters only grow, but for `queued`.
struct HourlyContactsStatistics {
  std::uint64_t flows = 0;       ///< summarised
  std::uint64_t flows_late = 0;  ///< of an hour that was closed already, or far ahead of the clock
  std::uint64_t flows_passed = 0;  ///< not summarised because the thread could not keep up
  std::uint64_t hours = 0;         ///< closed and stored
  std::uint64_t hours_rebuilt = 0;
  std::uint64_t hours_failed = 0;  ///< closed, but the store refused them
  std::uint64_t contacts = 0;
  std::uint64_t queued = 0;  ///< batches that wait
};

/// Summarises live flows hour by hour, in a thread of its own so that collecting never waits for
/// it.
///
/// A flow belongs to the hour of its `last`, as in the history. An hour is open until kGrace after
/// its end. The hour in which the process started, or in which flows were passed over, is
/// incomplete here; it is rebuilt from the history when it closes, if the history is kept.
class HourlyContacts {
 public:
  struct Config {
    Summariser::Config summariser;  ///< but for the seeds of its hashes, which are made up here
    std::size_t most_queued = 64;   ///< batches
    std::chrono::milliseconds clock_interval{
        1000};  ///< how often an idle thread looks at the clock
  };
  struct Dependencies {
    /// Keeps the contacts of a closed hour (hours since 1970).
    std::function<Status(std::uint64_t hour, const ContactSummary& summary)> store;
    /// Hands the stored flows of an hour to `add`; empty where no history is kept.
    std::function<Status(std::uint64_t hour, const std::function<Status(const FlowBatch&)>& add)>
        read_back;
    /// Hours that an earlier process left without contacts: rebuilt when this one starts. May be
    /// empty.
    std::function<std::vector<std::uint64_t>()> unfinished;
    std::function<Timestamp()> now;
  };
  static constexpr std::uint64_t kGrace = 5 * 60'000;  // ms

  /// Inert. Calls the dependencies from its own thread.
  HourlyContacts(Config config, Dependencies dependencies);
  ~HourlyContacts();

  void start();
  /// Leaves the open hours: they are rebuilt by the next process. Safe to call twice.
  void stop();

  /// Takes a copy of what summarising needs; never waits. Thread-safe.
  void offer(const FlowBatch& batch);

  [[nodiscard]] HourlyContactsStatistics statistics() const;

 private:
  struct Hour {
    std::unique_ptr<Summariser> summariser;
    bool complete = true;
  };

  void run();
  void add(const FlowBatch& batch);
  Hour* open(std::uint64_t hour);
  void close_hours(std::uint64_t now);
  void close(std::uint64_t hour, Hour open);
  void rebuild_unfinished();

  Config config_;
  Dependencies dependencies_;

  // The thread's own.
  std::map<std::uint64_t, Hour> hours_;
  std::uint64_t first_hour_ = 0;    // in which this process began
  std::uint64_t closed_until_ = 0;  // hours below are closed

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<FlowBatch> queue_;
  std::vector<FlowBatch> spare_;  // hold copies already taken in
  HourlyContactsStatistics statistics_;
  bool passed_over_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace noroshi
