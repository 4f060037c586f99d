#include "flow_printer.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "record/flow_json.h"

namespace noroshi {

Result<std::unique_ptr<FlowPrinter>> FlowPrinter::open(const std::string& path) {
  auto printer = std::make_unique<FlowPrinter>();
  printer->path_ = path;
  printer->file_.reset(std::fopen(path.c_str(), "wbe"));
  if (!printer->file_)
    return failure(ErrorCode::kIo,
                   fmt::format("{}: cannot create: {}", path, std::strerror(errno)));
  return printer;
}

void FlowPrinter::take(FlowBatch&& batch) {
  const std::lock_guard lock(mutex_);
  if (!file_ || failed_) return;
  text_.clear();
  write_json_lines(batch, text_);
  failed_ = std::fwrite(text_.data(), 1, text_.size(), file_.get()) != text_.size();
}

Status FlowPrinter::finish() {
  const std::lock_guard lock(mutex_);
  if (!file_) return {};
  const bool closed = std::fclose(file_.release()) == 0;
  if (failed_ || !closed)
    return failure(ErrorCode::kIo, fmt::format("{}: cannot write all flows", path_));
  return {};
}

}  // namespace noroshi
