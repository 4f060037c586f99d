#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/result.h"
#include "model/flow_batch.h"

namespace noroshi {

/// Puts rows in the order of their `first`, those of one moment as they came, and hands them on in
/// batches; holds a bounded number of rows to do so. Not thread-safe.
class SortedRows {
 public:
  using Sink = std::function<Status(const FlowBatch&)>;

  /// At most `limit` rows are handed on (0: all). With a limit of at most `most_held` they are the
  /// earliest of all; else the order holds within runs of `most_held` rows. Up to twice
  /// `most_held` rows are in memory.
  SortedRows(std::uint64_t limit, std::size_t most_held, Sink sink);

  /// Takes a copy of one row.
  [[nodiscard]] Status add(const FlowBatch& batch, std::size_t row);
  /// Hands on what is held.
  [[nodiscard]] Status finish();

  /// True when nothing more will be taken: the limit has been handed on.
  [[nodiscard]] bool is_done() const { return limit_ != 0 && handed_on_ >= limit_; }
  /// False once more than one run has been handed on.
  [[nodiscard]] bool in_order() const { return runs_ < 2; }

 private:
  [[nodiscard]] FlowBatch sorted(std::size_t most) const;
  [[nodiscard]] Status hand_on();

  std::uint64_t limit_;
  std::size_t most_held_;
  Sink sink_;
  bool keeps_earliest_;
  FlowBatch held_;
  std::uint64_t handed_on_ = 0;
  std::uint64_t runs_ = 0;
};

}  // namespace noroshi
