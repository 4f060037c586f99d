#include "flow_printer.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "record/flow_json.h"

// Door (in): opens the file that it writes to. Guard: no data is read.
// Door (out): flows as text, to standard output. Guard: under the purpose that the question
// stated.

namespace noroshi {

Result<std::unique_ptr<FlowPrinter>> FlowPrinter::open(const std::string& path, FlowSink* next) {
  auto* file = std::fopen(path.c_str(), "wbe");
  if (file == nullptr)
    return failure(ErrorCode::kIo,
                   fmt::format("{}: cannot create: {}", path, std::strerror(errno)));
  return std::unique_ptr<FlowPrinter>(new FlowPrinter(path, file, next));
}

void FlowPrinter::take(FlowBatch&& batch) {
  {
    const std::lock_guard lock(mutex_);
    text_.clear();
    write_json_lines(batch, text_);
    failed_ = failed_ || std::fwrite(text_.data(), 1, text_.size(), file_.get()) != text_.size();
  }
  if (next_ != nullptr) next_->take(std::move(batch));
}

Status FlowPrinter::finish() {
  const std::lock_guard lock(mutex_);
  const bool closed = std::fclose(file_.release()) == 0;
  if (failed_ || !closed)
    return failure(ErrorCode::kIo, fmt::format("{}: cannot write all flows", path_));
  return {};
}

}  // namespace noroshi
