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
  const auto count = static_cast<std::uint32_t>(shards_.size());
  const auto free = [&](std::uint32_t shard) {
    return !shards_[shard].busy && shards_[shard].retry <= now;
  };
  if (fate.unclear) {
    // A shard that is no longer configured cannot be asked: its batches wait for its return.
    if (fate.shard < count && free(fate.shard)) return fate.shard;
    return std::nullopt;
  }
  for (std::uint32_t step = 0; step < count; ++step)
    if (const auto shard = (fate.shard + step) % count; free(shard)) return shard;
  return std::nullopt;
}

std::optional<std::uint32_t> Delivery::claim(const Fate& fate, Moment now) {
  const std::lock_guard lock(mutex_);
  const auto shard = shard_for(fate, now);
  if (shard) shards_[*shard].busy = true;
  return shard;
}

void Delivery::release(std::uint32_t shard) {
  const std::lock_guard lock(mutex_);
  shards_[shard].busy = false;
}

bool Delivery::may_try(const Fate& fate, Moment now) const {
  const std::lock_guard lock(mutex_);
  return shard_for(fate, now).has_value();
}

bool Delivery::all_away(Moment now) const {
  const std::lock_guard lock(mutex_);
  return std::all_of(shards_.begin(), shards_.end(),
                     [&](const Shard& shard) { return shard.retry > now; });
}

void Delivery::answered(std::uint32_t shard) {
  const std::lock_guard lock(mutex_);
  shards_[shard].pause = {};
  shards_[shard].retry = {};
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
  while (const auto shard = claim(parcel.fate, now)) {
    const auto attempt = deliver_to(*shard, parcel, now);
    release(*shard);
    // What was not sent may go to the next shard, if one is left.
    const bool next = attempt.how == Delivered::kAway && attempt.try_next;
    if (!next) return attempt;
  }
  return {Delivered::kAway};
}

Delivery::Attempt Delivery::deliver_to(std::uint32_t shard, Parcel& parcel, Moment now) {
  auto& fate = parcel.fate;
  if (fate.unclear) {
    const auto rows = store_.rows_of(shard, parcel.batch, parcel.hour);
    if (!rows) {
      failed(shard, rows.error(), now);
      return {Delivered::kAway};
    }
    answered(shard);
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

  const auto note = [&](const Error& error) {
    const std::lock_guard lock(mutex_);
    statistics_.last_error = error.message;
  };
  const auto flows = parcel.flows();
  if (!flows) {
    note(flows.error());
    return {Delivered::kUnread};
  }
  if (shard != fate.shard) {
    if (const auto moved = parcel.move_to(shard); !moved) {
      // It may still be sent where it was to go: until that shard is back it waits.
      note(moved.error());
      return {Delivered::kAway};
    }
    fate.shard = shard;
  }

  const auto inserted = store_.insert(shard, parcel.batch, **flows);
  if (inserted) {
    answered(shard);
    return {Delivered::kInserted, parcel.rows};
  }
  switch (inserted.error().code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kNotFound:    // the tables of a shard that was set up anew
    case ErrorCode::kPermission:  // a password that was changed
      failed(shard, inserted.error(), now);
      return {Delivered::kAway, 0, true};
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kMalformed:
    case ErrorCode::kUnsupported:
    case ErrorCode::kLimit:
      note(inserted.error());
      return {Delivered::kRefused};
    case ErrorCode::kIo:
    case ErrorCode::kTruncated:
    case ErrorCode::kUnclear:
      break;
  }
  fate.unclear = true;
  failed(shard, inserted.error(), now);
  const std::lock_guard lock(mutex_);
  ++statistics_.unclear;
  return {Delivered::kUnclear};
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
