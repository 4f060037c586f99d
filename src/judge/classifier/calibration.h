#pragma once

#include <span>
#include <utility>
#include <vector>

namespace noroshi {

/// A score made a probability: blocks of a non-decreasing fit of truth over score, made where there
/// is truth (learn/isotonic.h).
class Calibration {
 public:
  /// The mean score of a block, and the share of positives in it.
  struct Block {
    double score = 0;
    double probability = 0;
    friend bool operator==(const Block&, const Block&) = default;
  };

  Calibration() = default;
  explicit Calibration(std::vector<Block> blocks) : blocks_(std::move(blocks)) {}

  /// Straight lines between the blocks, flat beyond them. 0.5 where nothing was fitted.
  [[nodiscard]] double probability(double score) const;
  [[nodiscard]] std::span<const Block> blocks() const { return blocks_; }

 private:
  std::vector<Block> blocks_;  ///< ascending in both
};

}  // namespace noroshi
