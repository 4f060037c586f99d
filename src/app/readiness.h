#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

#include "base/result.h"
#include "desk/collection_state.h"
#include "store/writer.h"

namespace noroshi {

/// What /readyz says: whether flows that arrive now are taken and kept, and what people should know
/// even so. Flows lost within the last minute are not ready. Thread-safe.
class Readiness {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  /// "ready" and a line for each thing to know, or why not (kUnavailable). `writer` is null where
  /// no history is kept.
  [[nodiscard]] Result<std::string> look(const CollectionState& collection,
                                         const HistoryWriter::Statistics* writer,
                                         std::span<const std::string> shards_missing,
                                         Moment moment);

 private:
  std::mutex mutex_;
  std::uint64_t lost_ = 0;  ///< flows, when somebody last asked
  Moment losing_until_{};
};

}  // namespace noroshi
