#include "decode/sequence.h"

#include <algorithm>

namespace noroshi {
namespace {

void change(std::uint64_t& counter, std::int64_t by) {
  const auto changed = counter + static_cast<std::uint64_t>(by);
  counter = by < 0 && changed > counter ? 0 : changed;
}

}  // namespace

void SequenceTracker::Follower::observe(std::uint32_t sequence, std::uint32_t units) {
  const std::uint32_t ahead = sequence - expected_;
  const std::uint32_t behind = expected_ - sequence;
  if (!started_) {
    started_ = true;
    missing_ = 0;
    expected_ = sequence + units;
  } else if (ahead == 0) {
    expected_ += units;
  } else if (ahead <= kLargestGap) {
    totals_.lost += ahead;
    missing_ += ahead;
    expected_ = sequence + units;
  } else if (behind <= kReorderWindow && missing_ > 0) {
    // Late, not lost. A duplicate cannot take back more than was ever missing.
    ++totals_.reordered;
    const auto found = std::min<std::uint64_t>(units, missing_);
    missing_ -= found;
    totals_.lost -= static_cast<std::int64_t>(found);
  } else if (behind <= kReorderWindow && behind <= units + 1) {
    // The datagram before last again, with nothing missing: a duplicate.
    ++totals_.reordered;
  } else {
    ++totals_.resets;
    missing_ = 0;
    expected_ = sequence + units;
  }
}

SequenceTracker::Step SequenceTracker::observe(std::uint32_t sequence, std::uint32_t units,
                                               std::uint32_t of_options) {
  const std::array<std::uint32_t, 2> advance{units, units - of_options};
  const std::array<std::uint32_t, 2> numbers{sequence, sequence - advance[1]};
  const auto other = 1 - chosen_;
  const bool fits = readings_[chosen_].expects(numbers[chosen_]);
  const bool fits_other = readings_[other].expects(numbers[other]);
  const auto before = readings_[chosen_].totals();
  for (std::size_t i = 0; i < readings_.size(); ++i) readings_[i].observe(numbers[i], advance[i]);
  const auto step = readings_[chosen_].totals() - before;
  // Messages of one size fit both readings, and after a gap neither fits: that proves nothing.
  if (fits == fits_other) return step;
  if (fits) {
    against_ = 0;
    prove();
    return step;
  }
  if (++against_ < kConvincing) return step;
  // Since the chosen reading was proven last, the other should have been told.
  const auto told = before - proven_[chosen_];
  const auto truth = readings_[other].totals() - proven_[other];
  chosen_ = other;
  against_ = 0;
  prove();
  return truth - told;
}

void SequenceTracker::prove() {
  for (std::size_t i = 0; i < readings_.size(); ++i) proven_[i] = readings_[i].totals();
}

void SequenceTracker::lose_track() {
  for (auto& reading : readings_) reading.lose_track();
}

void count(const SequenceTracker::Step& step, std::uint64_t DecodeStatistics::*lost,
           DecodeStatistics& statistics) {
  change(statistics.*lost, step.lost);
  change(statistics.reordered, step.reordered);
  change(statistics.sequence_resets, step.resets);
}

}  // namespace noroshi
