#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace noroshi {

/// Flows a second, as a mean over the last ten. Not thread-safe.
class FlowRate {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  /// `flows` counts all there ever were. Samples come in the order of time, more than one a second
  /// or fewer; one that went back, as of another counter, begins anew.
  void sample(Moment moment, std::uint64_t flows);
  /// As of the last sample. What was counted for less than ten seconds counts as if nothing had
  /// come before, so that a beginning is no peak.
  [[nodiscard]] double per_second() const;

 private:
  static constexpr std::chrono::seconds kOver{10};
  struct Sample {
    Moment moment;
    std::uint64_t flows = 0;
  };
  std::deque<Sample> samples_;  ///< the last is the newest, the first kOver older or more
};

}  // namespace noroshi
