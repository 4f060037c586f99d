#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "model/flow_batch.h"

namespace noroshi {

/// Flows of one hour (History::hour_of their `last`), to be inserted together.
struct HourBatch {
  std::uint64_t hour = 0;
  FlowBatch flows;
};

/// Gathers flows into batches of one hour each, bounded in rows, age and number. A function of what
/// it is given and of `now`; not safe for concurrent use.
class OpenBatches {
 public:
  struct Config {
    std::size_t most_rows = 200'000;  ///< a batch with so many is closed
    std::chrono::milliseconds oldest{1000};
    /// An hour that is over trickles in for minutes. While it has fewer rows than this it waits
    /// longer, so that late rows do not become an insert each.
    std::size_t few_rows = 1000;
    std::chrono::milliseconds oldest_of_few{10'000};
    /// Beyond, the fullest of the past hours is closed early: exporters choose their times freely.
    std::size_t most_hours = 256;
  };
  using Moment = std::chrono::steady_clock::time_point;

  explicit OpenBatches(Config config) : config_(config) {}

  /// Takes flows and returns the batches that this has filled.
  [[nodiscard]] std::vector<HourBatch> add(FlowBatch&& flows, Moment now);
  /// The batches that are old enough.
  [[nodiscard]] std::vector<HourBatch> close_old(Moment now);
  [[nodiscard]] std::vector<HourBatch> close_all();

  /// Gives back the memory of a batch that is done with: a large one is used again, since making
  /// one costs more than filling it.
  void reuse(FlowBatch&& flows);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t hours() const { return open_.size(); }
  /// Batches closed because there were too many hours.
  [[nodiscard]] std::uint64_t closed_early() const { return closed_early_; }

 private:
  struct Open {
    FlowBatch flows;
    Moment since;
  };
  using Hours = std::map<std::uint64_t, Open>;

  /// The batch of an hour; a new one, with room for `rows`, where there is none.
  Open& open(std::uint64_t hour, std::size_t rows, Moment now);
  HourBatch close(Hours::iterator hour);
  /// Sees to it that so many more rows fit, in one step rather than by doubling.
  void make_room(FlowBatch& flows, std::size_t rows);
  void close_fullest_past(std::vector<HourBatch>& closed);

  const Config config_;
  Hours open_;
  std::vector<FlowBatch> spare_;  // empty, and large
  std::size_t rows_ = 0;
  std::uint64_t closed_early_ = 0;
};

}  // namespace noroshi
