#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/flow_batch.h"
#include "question/question.h"

namespace noroshi {

/// The traffic rows of one batch that passed a filter and lie in a window, and what they count for:
/// gathered once, however many questions are asked of them. Keeps its memory between batches.
class Selection {
 public:
  /// Takes the rows of `batch` that are traffic, whose `passed` is not 0 and whose `last` lies in
  /// `window`. `passed` has one byte for each row. The batch must outlive the use of this
  /// selection.
  void select(const FlowBatch& batch, std::span<const std::uint8_t> passed,
              const TimeWindow& window);
  /// Takes some rows of another selection: `places` count among its rows.
  void select(const Selection& other, std::span<const std::uint32_t> places);

  [[nodiscard]] const FlowBatch& batch() const { return *batch_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  /// Indices into the batch, ascending; the other spans stand beside them.
  [[nodiscard]] std::span<const std::uint32_t> rows() const { return rows_; }
  [[nodiscard]] std::span<const std::uint64_t> packets() const { return packets_; }
  [[nodiscard]] std::span<const std::uint64_t> bytes() const { return bytes_; }
  [[nodiscard]] std::span<const std::uint64_t> first() const { return first_; }
  [[nodiscard]] std::span<const std::uint64_t> last() const { return last_; }
  [[nodiscard]] std::span<const std::uint32_t> sampling_rate() const { return sampling_rate_; }

  /// What all sampling rates here have in common.
  enum class Sampling : std::uint8_t { kAllUnknown, kAllOne, kMixed };
  [[nodiscard]] Sampling sampling() const { return sampling_; }

  /// What the selected rows add up to.
  [[nodiscard]] Tally tally() const;

 private:
  void gather();

  const FlowBatch* batch_ = nullptr;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint64_t> packets_;
  std::vector<std::uint64_t> bytes_;
  std::vector<std::uint64_t> first_;
  std::vector<std::uint64_t> last_;
  std::vector<std::uint32_t> sampling_rate_;
  Sampling sampling_ = Sampling::kAllUnknown;
};

/// What one row of a known sampling rate adds to the estimates and their variances (see Tally).
struct SampledCount {
  double packets = 0;
  double bytes = 0;
  double packets_variance = 0;
  double bytes_variance = 0;
};
[[nodiscard]] inline SampledCount estimate(std::uint64_t packets, std::uint64_t bytes,
                                           std::uint32_t rate) {
  const auto n = static_cast<double>(rate);
  const auto p = static_cast<double>(packets);
  const auto b = static_cast<double>(bytes);
  const auto spread = n * (n - 1);
  return {p * n, b * n, p * spread, packets == 0 ? 0 : b * b / p * spread};
}

/// a + b, or the largest number where that is too large.
[[nodiscard]] inline std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  const auto sum = a + b;
  return sum < a ? UINT64_MAX : sum;
}

}  // namespace noroshi
