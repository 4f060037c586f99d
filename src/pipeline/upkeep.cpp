#include "pipeline/upkeep.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "base/time.h"

namespace noroshi {
namespace {

Timestamp wall_clock() {
  return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

}  // namespace

Upkeep::Upkeep(Config config, Dependencies dependencies)
    : config_(std::move(config)), dependencies_(std::move(dependencies)) {}

Upkeep::~Upkeep() { stop(); }

void Upkeep::start() {
  CHECK(!thread_.joinable());
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void Upkeep::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Upkeep::set_limits(RetentionLimits limits, double least_free_share) {
  const std::lock_guard lock(mutex_);
  config_.limits = std::move(limits);
  config_.least_free_share = least_free_share;
}

UpkeepStatistics Upkeep::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

void Upkeep::run() {
  auto rolled_up = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    apply_retention();
    const auto now = std::chrono::steady_clock::now();
    if (now - rolled_up >= config_.rollup_interval) {
      roll_up();
      rolled_up = now;
    }
    lock.lock();
    ++statistics_.passes;
    wake_.wait_for(lock, config_.interval, [this] { return stopping_; });
  }
}

void Upkeep::apply_retention() {
  RetentionLimits limits;
  double share = 0;
  {
    const std::lock_guard lock(mutex_);
    limits = config_.limits;
    share = config_.least_free_share;
  }
  if (const auto state = disk())
    limits.least_free = static_cast<std::uint64_t>(static_cast<double>(state->size) * share);
  Retention retention(std::move(limits),
                      {dependencies_.history, [this] { return disk(); }, {}, {}, {}});
  const auto report = retention.apply(wall_clock());
  const auto bytes = dependencies_.history.bytes_stored();
  if (!report) dependencies_.failed("retention", report.error().message);
  if (report)
    for (const auto& drop : report->dropped) dependencies_.dropped(drop);
  const std::lock_guard lock(mutex_);
  if (bytes) statistics_.bytes_stored = *bytes;
  if (!report) {
    ++statistics_.failures;
    return;
  }
  statistics_.partitions_dropped += report->dropped.size();
  statistics_.bytes_dropped += report->bytes();
  statistics_.too_full = report->still_too_full;
}

void Upkeep::roll_up() {
  const auto hours = Rollups(dependencies_.history.engine()).build(wall_clock());
  if (!hours) dependencies_.failed("rollups", hours.error().message);
  const std::lock_guard lock(mutex_);
  if (hours)
    statistics_.hours_rolled_up += *hours;
  else
    ++statistics_.failures;
}

std::optional<DiskState> Upkeep::disk() const {
  if (config_.folder.empty()) return std::nullopt;
  std::error_code error;
  const auto space = std::filesystem::space(config_.folder, error);
  if (error) return std::nullopt;
  return DiskState{space.capacity, space.available};
}

}  // namespace noroshi
