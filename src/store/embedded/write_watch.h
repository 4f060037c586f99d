#pragma once

#include <cstdint>
#include <functional>
#include <mutex>

#include "base/result.h"

namespace noroshi {

/// Notices writes that the embedded engine failed to make without saying so.
///
/// libchdb 26.5 counts a write(2) that the system refuses (disk full, input/output error) and goes
/// on as if it had been made: the insert or merge reports success, its part is seen by questions,
/// and its files are empty. The count is all there is to see. When it has moved, the engine is
/// closed and opened again, so that it holds what the disk holds: broken parts are set aside, and
/// the parts that a broken one was merged from, which stay on disk for eight minutes, stand again.
///
/// Safe to use from several threads.
class WriteWatch {
 public:
  struct Dependencies {
    /// How many writes have failed in this process.
    std::function<Result<std::uint64_t>()> failed_writes;
    /// Makes the engine read again what is on the disk.
    std::function<Status()> reopen;
  };
  explicit WriteWatch(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  /// To be called after everything that wrote, and before anything is believed to be stored. False:
  /// no write has failed since the last call. True: some had, and the engine now holds what the
  /// disk holds; what was written since the last call may be gone. An error: that is still to be
  /// done, by the next call.
  [[nodiscard]] Result<bool> settle();

 private:
  const Dependencies dependencies_;
  std::mutex mutex_;
  std::uint64_t settled_ = 0;  // failed writes that have been put right
};

}  // namespace noroshi
