#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/batch_store.h"

namespace noroshi {

/// What is known of a batch on its way.
struct Fate {
  std::uint32_t shard = 0;  ///< the only shard that it may have been sent to
  bool unclear = false;     ///< that shard may have it already
};

/// How one attempt ended.
enum class Delivered : std::uint8_t {
  kInserted,  ///< the engine answered that it has the batch
  kFound,     ///< it had it already, from an attempt whose answer was lost
  kPartly,    ///< it had some of its rows; the others cannot be sent without doubling these
  kAway,      ///< no shard takes it now
  kUnclear,   ///< it was sent, and no clear answer came
  kRefused,   ///< the engine refuses these rows, and will again
  kUnread,    ///< its rows could not be read
};

/// Brings batches to the shards of a store, each exactly once: round robin over the shards that
/// answer; a shard that does not is left alone for a pause that grows; after an unclear answer that
/// shard is asked before anything is sent again, and no other shard is tried.
///
/// Safe to use from several threads. A shard gets one batch at a time, so that one which hangs
/// holds up a single thread.
class Delivery {
 public:
  struct Config {
    std::chrono::milliseconds first_pause{1000};
    std::chrono::milliseconds longest_pause{60'000};
  };
  using Moment = std::chrono::steady_clock::time_point;

  Delivery(Config config, BatchStore& store);

  /// The shard that a new batch is to go to first.
  [[nodiscard]] std::uint32_t next_shard();
  /// Whether a batch of that fate may be tried now; another thread may be quicker.
  [[nodiscard]] bool may_try(const Fate& fate, Moment now) const;
  [[nodiscard]] bool all_away(Moment now) const;

  struct Parcel {
    BatchId batch;
    std::uint64_t hour;
    std::uint64_t rows;
    Fate fate;  ///< brought up to date by deliver()
    /// The rows; called only when they are to be sent.
    std::function<Result<const FlowBatch*>()> flows;
    /// Called before the rows are sent to another shard than fate.shard: an error keeps them back.
    std::function<Status(std::uint32_t shard)> move_to;
  };
  struct Attempt {
    Delivered how;
    std::uint64_t stored = 0;  ///< rows that the engine has of it
    bool try_next = false;     ///< another shard may take it at once
  };
  [[nodiscard]] Attempt deliver(Parcel& parcel, Moment now);

  struct Statistics {
    std::uint64_t asked = 0;    ///< times a shard was asked whether it has a batch
    std::uint64_t unclear = 0;  ///< inserts without a clear answer
    std::uint64_t doubled = 0;  ///< rows found beyond those of a batch: never, by the batch rule
    std::size_t shards = 0;
    std::size_t shards_away = 0;
    std::string last_error;
  };
  [[nodiscard]] Statistics statistics(Moment now) const;

 private:
  struct Shard {
    std::chrono::milliseconds pause{0};
    Moment retry{};
    bool busy = false;  // a batch is on its way there
  };

  /// Under mutex_.
  [[nodiscard]] std::optional<std::uint32_t> shard_for(const Fate& fate, Moment now) const;
  /// The same, and it is busy until release().
  [[nodiscard]] std::optional<std::uint32_t> claim(const Fate& fate, Moment now);
  void release(std::uint32_t shard);
  [[nodiscard]] Attempt deliver_to(std::uint32_t shard, Parcel& parcel, Moment now);
  void answered(std::uint32_t shard);
  void failed(std::uint32_t shard, const Error& error, Moment now);

  const Config config_;
  BatchStore& store_;
  mutable std::mutex mutex_;
  std::vector<Shard> shards_;
  std::uint32_t next_ = 0;
  Statistics statistics_;
};

}  // namespace noroshi
