#include "collect/template_keeper.h"

#include "collect/template_file.h"
#include "decode/template_store.h"

namespace noroshi {

std::vector<SavedSession> TemplateKeeper::load() const {
  if (config_.path.empty()) return {};
  auto sessions = read_template_file(config_.path);
  if (sessions) return std::move(*sessions);
  if (sessions.error().code != ErrorCode::kNotFound)
    dependencies_.warn(sessions.error().message + "; starting without templates");
  return {};
}

void TemplateKeeper::start() {
  if (config_.path.empty()) return;
  thread_ = std::thread([this] { run(); });
}

void TemplateKeeper::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void TemplateKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, config_.interval, [this] { return stopping_; })) {
    lock.unlock();
    save();
    lock.lock();
  }
  save();
}

void TemplateKeeper::save() {
  auto content = write_template_store(dependencies_.gather());
  if (content == written_) return;
  const auto status = write_template_file(config_.path, content);
  if (status) {
    written_ = std::move(content);
    complained_ = false;
    return;
  }
  ++failures_;
  if (!complained_) dependencies_.warn(status.error().message + "; templates are not kept");
  complained_ = true;
}

}  // namespace noroshi
