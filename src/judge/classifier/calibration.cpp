#include "judge/classifier/calibration.h"

#include <algorithm>

namespace noroshi {

double Calibration::probability(double score) const {
  if (blocks_.empty()) return 0.5;
  const auto above = std::ranges::lower_bound(blocks_, score, {}, &Block::score);
  if (above == blocks_.begin()) return above->probability;
  if (above == blocks_.end()) return blocks_.back().probability;
  const auto& below = *(above - 1);
  const double width = above->score - below.score;
  const double part = width > 0 ? (score - below.score) / width : 1;
  return below.probability + part * (above->probability - below.probability);
}

}  // namespace noroshi
