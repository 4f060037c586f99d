#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "decode/saved_session.h"

namespace noroshi {

/// Keeps templates in a file over restarts: writes it at an interval, if anything has changed, and
/// when it stops.
class TemplateKeeper {
 public:
  struct Config {
    std::string path;  ///< empty: nothing is kept
    std::chrono::milliseconds interval{60'000};
  };
  struct Dependencies {
    std::function<std::vector<SavedSession>()> gather;  ///< from the keeper's thread
    std::function<void(const std::string&)> warn;
  };

  TemplateKeeper(Config config, Dependencies dependencies)
      : config_(std::move(config)), dependencies_(std::move(dependencies)) {}
  ~TemplateKeeper() { stop(); }

  /// What the file holds; nothing, and a warning, where it is damaged.
  [[nodiscard]] std::vector<SavedSession> load() const;

  void start();
  /// Writes a last time. Safe to call twice.
  void stop();

  [[nodiscard]] std::uint64_t failures() const { return failures_; }

 private:
  void run();
  void save();

  const Config config_;
  const Dependencies dependencies_;
  std::vector<std::byte> written_;  // what the file holds, as far as we know
  bool complained_ = false;         // of the failure that still lasts
  std::atomic<std::uint64_t> failures_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace noroshi
