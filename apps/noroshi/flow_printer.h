#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "model/flow_sink.h"

namespace noroshi {

/// Writes flows as JSON lines into a file, as they came, and passes them on.
class FlowPrinter final : public FlowSink {
 public:
  /// The file at `path` is replaced. `next`, which may be null, outlives the printer.
  [[nodiscard]] static Result<std::unique_ptr<FlowPrinter>> open(const std::string& path,
                                                                 FlowSink* next);

  void take(FlowBatch&& batch) override;
  /// Closes the file; fails if anything could not be written.
  Status finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  FlowPrinter(std::string path, std::FILE* file, FlowSink* next)
      : path_(std::move(path)), next_(next), file_(file) {}

  const std::string path_;
  FlowSink* next_;
  std::mutex mutex_;  // guards all below
  std::unique_ptr<std::FILE, Close> file_;
  std::string text_;
  bool failed_ = false;
};

}  // namespace noroshi
