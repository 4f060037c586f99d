#include "app/daily_judge.h"

#include <utility>

#include "base/check.h"

namespace noroshi {

std::optional<DueWindow> due_window(std::chrono::minutes at, Timestamp now,
                                    std::optional<Timestamp> judged_until) {
  auto moment = std::chrono::floor<std::chrono::days>(now) + at;
  if (moment > now) moment -= std::chrono::days(1);
  const auto end = std::chrono::floor<std::chrono::hours>(moment);
  if (judged_until && *judged_until >= end) return std::nullopt;
  const auto to = static_cast<std::uint64_t>(end.time_since_epoch().count());
  return DueWindow{to - 24, to};
}

DailyJudge::DailyJudge(Config config, Dependencies dependencies)
    : config_(config), dependencies_(std::move(dependencies)) {}

DailyJudge::~DailyJudge() { stop(); }

void DailyJudge::start() {
  CHECK(!thread_.joinable());
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void DailyJudge::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool DailyJudge::look() {
  const auto judged_until = dependencies_.judged_until();
  if (!judged_until) {
    dependencies_.failed(judged_until.error().message);
    return false;
  }
  const auto due = due_window(config_.at, dependencies_.now(), *judged_until);
  if (!due) return true;
  const auto judged = dependencies_.judge(*due);
  if (!judged) dependencies_.failed(judged.error().message);
  return judged.has_value();
}

void DailyJudge::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const bool done = look();
    lock.lock();
    const auto pause = done ? config_.clock_interval : std::chrono::milliseconds(config_.patience);
    wake_.wait_for(lock, pause, [this] { return stopping_; });
  }
}

}  // namespace noroshi
