#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "model/flow_sink.h"

namespace noroshi {

/// Where the flows of `collect --no-history` end: nowhere, or as JSON lines in a file.
class FlowPrinter final : public FlowSink {
 public:
  /// Keeps nothing.
  FlowPrinter() = default;
  /// Writes to `path`, which is replaced.
  [[nodiscard]] static Result<std::unique_ptr<FlowPrinter>> open(const std::string& path);

  void take(FlowBatch&& batch) override;
  /// Closes the file; fails if anything could not be written.
  Status finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::mutex mutex_;  // guards all below
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string text_;
  bool failed_ = false;
};

}  // namespace noroshi
