#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace noroshi {

/// A token bucket: lets through so many a second, and as many at once after a second of silence.
class RateCap {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// 0 lets everything through.
  explicit RateCap(std::uint32_t per_second) : per_second_(per_second), tokens_(per_second) {}

  /// True when one more may pass at `now`, which thereby has passed. `now` must not go back.
  [[nodiscard]] bool admit(Time now) {
    if (!ready(now)) return false;
    tokens_ -= 1;
    return true;
  }
  /// True when one more may pass at `now`.
  [[nodiscard]] bool ready(Time now) {
    if (per_second_ == 0) return true;
    const std::chrono::duration<double> elapsed = now - latest_;
    if (started_) tokens_ = std::min(per_second_, tokens_ + elapsed.count() * per_second_);
    started_ = true;
    latest_ = now;
    return tokens_ >= 1;
  }

 private:
  double per_second_;
  double tokens_;
  bool started_ = false;
  Time latest_;
};

}  // namespace noroshi
