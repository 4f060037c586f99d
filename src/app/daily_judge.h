#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "base/time.h"

namespace noroshi {

/// Hours since 1970 UTC, the second exclusive.
struct DueWindow {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  friend bool operator==(const DueWindow&, const DueWindow&) = default;
};

/// The window that a daily judgement at that time of day (UTC) has to make by `now`: the 24 whole
/// hours before the latest such moment. Nothing where `judged_until`, the end of the latest window
/// judged, is not before its end. A day that was missed is not made up for: the next one is.
[[nodiscard]] std::optional<DueWindow> due_window(std::chrono::minutes at, Timestamp now,
                                                  std::optional<Timestamp> judged_until);

/// Judges the day by itself, once a day, in a thread of its own.
class DailyJudge {
 public:
  struct Config {
    std::chrono::minutes at{0};  ///< since midnight, UTC
    std::chrono::milliseconds clock_interval{20'000};
    /// After a judgement that failed.
    std::chrono::minutes patience{15};
  };
  struct Dependencies {
    /// The end of the latest window judged; none: never.
    std::function<Result<std::optional<Timestamp>>()> judged_until;
    std::function<Status(const DueWindow& window)> judge;
    std::function<Timestamp()> now;
    /// Told what could not be done, for the log.
    std::function<void(const std::string& why)> failed;
  };

  /// Inert.
  DailyJudge(Config config, Dependencies dependencies);
  ~DailyJudge();
  void start();
  /// Returns when the judgement under way has ended: end that first. Safe to call twice.
  void stop();

 private:
  void run();
  /// Does what is due; false when it failed.
  [[nodiscard]] bool look();

  const Config config_;
  const Dependencies dependencies_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace noroshi
