#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace noroshi {

/// What many threads read and one replaces as a whole: who has loaded it keeps it for as long as
/// they like. Thread-safe. In place of std::atomic<std::shared_ptr>, whose load in libstdc++ 12
/// releases its lock relaxed, so that a store after it races with it (found by the thread
/// sanitizer).
template <typename T>
class Snapshot {
 public:
  Snapshot() = default;
  explicit Snapshot(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  [[nodiscard]] std::shared_ptr<const T> load() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  /// What was there before is destroyed outside the lock, if nobody has it any more.
  void store(std::shared_ptr<const T> value) {
    {
      const std::lock_guard lock(mutex_);
      value_.swap(value);
    }
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace noroshi
