#include "decode/sequence.h"

#include <algorithm>

namespace noroshi {

SequenceTracker::Step SequenceTracker::observe(std::uint32_t sequence, std::uint32_t units) {
  Step step;
  const std::uint32_t ahead = sequence - expected_;
  const std::uint32_t behind = expected_ - sequence;
  if (!started_) {
    started_ = true;
    expected_ = sequence + units;
  } else if (ahead == 0) {
    expected_ += units;
  } else if (ahead <= kLargestGap) {
    step.lost = ahead;
    missing_ += ahead;
    expected_ = sequence + units;
  } else if (behind <= kReorderWindow && missing_ > 0) {
    // Late, not lost. A duplicate cannot take back more than was ever missing.
    step.reordered = true;
    const auto found = std::min<std::uint64_t>(units, missing_);
    missing_ -= found;
    step.lost = -static_cast<std::int64_t>(found);
  } else if (behind <= kReorderWindow && behind <= units + 1) {
    // The datagram before last again, with nothing missing: a duplicate.
    step.reordered = true;
  } else {
    step.reset = true;
    missing_ = 0;
    expected_ = sequence + units;
  }
  return step;
}

}  // namespace noroshi
