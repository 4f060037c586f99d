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

std::optional<DiskState> disk_of(const std::filesystem::path& folder) {
  if (folder.empty()) return std::nullopt;
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error) return std::nullopt;
  return DiskState{space.capacity, space.available};
}

RetentionLimits limits_of(const Upkeep::Config& config, const std::optional<DiskState>& disk) {
  auto limits = config.limits;
  if (disk)
    limits.least_free =
        static_cast<std::uint64_t>(static_cast<double>(disk->size) * config.least_free_share);
  return limits;
}

}  // namespace

Upkeep::Upkeep(Config config, Dependencies dependencies)
    : config_(std::move(config)),
      dependencies_(std::move(dependencies)),
      record_(dependencies_.record) {}

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
  const auto config = this->config();
  if (auto late = record_.catch_up(); !late)
    dependencies_.failed("deletion record", late.error().message);
  const auto held = HeldData::ask(dependencies_.holds);
  if (held.is_everything())
    dependencies_.failed("holds", "what open cases hold is not known: everything is kept");
  std::uint64_t dropped = 0;
  std::uint64_t held_dropped = 0;
  std::uint64_t bytes_dropped = 0;
  Retention retention(limits_of(config, disk_of(config.folder)),
                      {dependencies_.history, [&] { return disk_of(config.folder); },
                       [&](const Partition& partition) { return is_held(held, partition); },
                       [&](const Drop& drop) { return record_.before(drop, held); },
                       [&](const Drop& drop, const Status& outcome) {
                         record_.after(drop, held, outcome);
                         if (!outcome) return;
                         ++dropped;
                         if (drop.held) ++held_dropped;
                         bytes_dropped += drop.partition.bytes;
                         dependencies_.dropped(drop);
                       }});
  const auto report = retention.apply(wall_clock());
  const auto bytes = dependencies_.history.bytes_stored();
  if (!report) dependencies_.failed("retention", report.error().message);
  const std::lock_guard lock(mutex_);
  if (bytes) statistics_.bytes_stored = *bytes;
  statistics_.partitions_dropped += dropped;
  statistics_.bytes_dropped += bytes_dropped;
  statistics_.held_dropped += held_dropped;
  statistics_.entries_waiting = record_.waiting();
  if (!report) {
    ++statistics_.failures;
    return;
  }
  statistics_.too_full = report->still_too_full;
  statistics_.partitions_held = report->kept.size();
  statistics_.bytes_held = 0;
  for (const auto& partition : report->kept) statistics_.bytes_held += partition.bytes;
}

void Upkeep::roll_up() {
  const auto hours = dependencies_.history.roll_up(wall_clock());
  if (!hours) dependencies_.failed("rollups", hours.error().message);
  const std::lock_guard lock(mutex_);
  if (hours)
    statistics_.hours_rolled_up += *hours;
  else
    ++statistics_.failures;
}

Upkeep::Config Upkeep::config() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

Result<RetentionState> Upkeep::state() { return state_of(config(), dependencies_.history); }

Result<RetentionState> Upkeep::state_of(const Config& config, History& history) {
  RetentionState state;
  state.disk = disk_of(config.folder);
  state.limits = limits_of(config, state.disk);
  state.partitions = TRY(history.partitions());
  return state;
}

}  // namespace noroshi
