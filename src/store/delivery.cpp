#include "store/delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace noroshi {

Delivery::Delivery(Config config, BatchStore& store)
    : config_(config), store_(store), shards_(store.shards()) {
  CHECK(!shards_.empty());
}

std::uint32_t Delivery::next_shard() {
  const std::lock_guard lock(mutex_);
  next_ = (next_ + 1) % static_cast<std::uint32_t>(shards_.size());
  return next_;
}

std::optional<std::uint32_t> Delivery::shard_for(const Fate& fate, Moment now) const {
  const std::lock_guard lock(mutex_);
  const auto count = static_cast<std::uint32_t>(shards_.size());
  const auto free = [&](std::uint32_t shard) { return shards_[shard].retry <= now; };
  if (fate.unclear) {
    // A shard that is no longer configured cannot be asked: its batches wait for its return.
    if (fate.shard < count && free(fate.shard)) return fate.shard;
    return std::nullopt;
  }
  for (std::uint32_t step = 0; step < count; ++step)
    if (const auto shard = (fate.shard + step) % count; free(shard)) return shard;
  return std::nullopt;
}

bool Delivery::may_try(const Fate& fate, Moment now) const {
  return shard_for(fate, now).has_value();
}

bool Delivery::all_away(Moment now) const { return !may_try(Fate{}, now); }

Delivery::Moment Delivery::next_try() const {
  const std::lock_guard lock(mutex_);
  return std::min_element(
             shards_.begin(), shards_.end(),
             [](const Shard& left, const Shard& right) { return left.retry < right.retry; })
      ->retry;
}

void Delivery::answered(std::uint32_t shard) {
  const std::lock_guard lock(mutex_);
  shards_[shard] = {};
}

void Delivery::failed(std::uint32_t shard, const Error& error, Moment now) {
  const std::lock_guard lock(mutex_);
  auto& state = shards_[shard];
  state.pause = std::clamp(state.pause * 2, config_.first_pause, config_.longest_pause);
  // The pause begins when the failure was seen, which may be a time-out after `now`.
  state.retry = std::max(now, std::chrono::steady_clock::now()) + state.pause;
  statistics_.last_error = error.message;
}

Delivery::Attempt Delivery::deliver(Parcel& parcel, Moment now) {
  auto& fate = parcel.fate;
  while (const auto shard = shard_for(fate, now)) {
    if (fate.unclear) {
      const auto rows = store_.rows_of(*shard, parcel.batch, parcel.hour);
      if (!rows) {
        failed(*shard, rows.error(), now);
        return {Delivered::kAway};
      }
      answered(*shard);
      const std::lock_guard lock(mutex_);
      ++statistics_.asked;
      if (*rows > parcel.rows) {
        statistics_.doubled += *rows - parcel.rows;
        statistics_.last_error = fmt::format("batch {:016x} holds {} rows and should hold {}",
                                             parcel.batch, *rows, parcel.rows);
      }
      if (*rows >= parcel.rows) return {Delivered::kFound, parcel.rows};
      if (*rows > 0) {
        statistics_.last_error = fmt::format("of batch {:016x} only {} rows of {} were stored",
                                             parcel.batch, *rows, parcel.rows);
        return {Delivered::kPartly, *rows};
      }
      fate.unclear = false;
    }

    const auto flows = parcel.flows();
    if (!flows) {
      const std::lock_guard lock(mutex_);
      statistics_.last_error = flows.error().message;
      return {Delivered::kUnread};
    }
    if (*shard != fate.shard) {
      if (const auto moved = parcel.move_to(*shard); !moved) {
        // It may still be sent where it was to go; until that shard is back it waits.
        const std::lock_guard lock(mutex_);
        statistics_.last_error = moved.error().message;
        return {Delivered::kAway};
      }
      fate.shard = *shard;
    }

    const auto inserted = store_.insert(*shard, parcel.batch, **flows);
    if (inserted) {
      answered(*shard);
      return {Delivered::kInserted, parcel.rows};
    }
    switch (inserted.error().code) {
      case ErrorCode::kUnavailable:
      case ErrorCode::kNotFound:    // the tables of a shard that was set up anew
      case ErrorCode::kPermission:  // a password that was changed
        failed(*shard, inserted.error(), now);
        break;  // the next shard, if one is left
      case ErrorCode::kInvalidArgument:
      case ErrorCode::kMalformed:
      case ErrorCode::kUnsupported:
      case ErrorCode::kLimit: {
        const std::lock_guard lock(mutex_);
        statistics_.last_error = inserted.error().message;
        return {Delivered::kRefused};
      }
      case ErrorCode::kIo:
      case ErrorCode::kTruncated:
      case ErrorCode::kUnclear: {
        fate.unclear = true;
        failed(*shard, inserted.error(), now);
        const std::lock_guard lock(mutex_);
        ++statistics_.unclear;
        return {Delivered::kUnclear};
      }
    }
  }
  return {Delivered::kAway};
}

Delivery::Statistics Delivery::statistics(Moment now) const {
  const std::lock_guard lock(mutex_);
  auto result = statistics_;
  result.shards = shards_.size();
  result.shards_away = static_cast<std::size_t>(std::count_if(
      shards_.begin(), shards_.end(), [&](const Shard& shard) { return shard.retry > now; }));
  return result;
}

}  // namespace noroshi
