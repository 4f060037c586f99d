#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "record/recording.h"

namespace noroshi {

/// A line on standard error that says how far a long file has been read. Shown on a terminal only,
/// after the first half second, a few times a second, and erased before anything else is said.
class Progress {
 public:
  Progress();
  ~Progress() { erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// To be called after each read; costs a look at the clock.
  void show(std::string_view path, const Recording& recording);
  /// The same for work that knows how much of it is done, 0 to 1.
  void show(std::string_view work, double share);
  void erase();

 private:
  using Clock = std::chrono::steady_clock;
  bool is_due();

  bool enabled_;
  bool shown_ = false;
  Clock::time_point due_;
};

}  // namespace noroshi
