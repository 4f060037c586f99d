#pragma once

#include <span>
#include <vector>

#include "learn/metrics.h"

namespace noroshi {

/// A score made a probability: the best non-decreasing fit of truth over score (pool adjacent
/// violators; Ayer et al. 1955, Zadrozny and Elkan, KDD 2002).
class Isotonic {
 public:
  /// Of each block, the highest score and the share of positives among its `weight` endpoints, one
  /// positive and one negative added to the whole so that no block says 0 or 1.
  struct Block {
    double score = 0;
    double probability = 0;
    friend bool operator==(const Block&, const Block&) = default;
  };

  Isotonic() = default;
  explicit Isotonic(std::vector<Block> blocks) : blocks_(std::move(blocks)) {}
  [[nodiscard]] static Isotonic fitted(std::span<const Scored> scored);

  /// Straight lines between the blocks, flat beyond them. 0.5 where nothing was fitted.
  [[nodiscard]] double probability(double score) const;
  [[nodiscard]] std::span<const Block> blocks() const { return blocks_; }

 private:
  std::vector<Block> blocks_;  ///< ascending in both
};

}  // namespace noroshi
