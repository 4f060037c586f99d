#include "store/writer.h"

#include <sys/random.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace noroshi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(50);
constexpr auto kPauseAfterFailure = std::chrono::milliseconds(500);
constexpr std::size_t kSpooledAtOnce = 8;  // batches that share one fsync

/// A number of this run that no other has: the upper half of its batch ids.
BatchId first_batch_id() {
  std::uint32_t run = 0;
  CHECK(::getrandom(&run, sizeof(run), 0) == static_cast<ssize_t>(sizeof(run)));
  return (BatchId{run} << 32) + 1;
}

Timestamp now_in_utc() {
  return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

}  // namespace

HistoryWriter::HistoryWriter(Config config, Dependencies dependencies)
    : config_(config),
      spool_(dependencies.spool),
      delivery_(config.delivery, dependencies.store),
      open_(config.batches),
      next_batch_(first_batch_id()) {}

HistoryWriter::~HistoryWriter() { stop(); }

void HistoryWriter::start() {
  const std::lock_guard lock(mutex_);
  CHECK(!running_ && !stopping_);
  running_ = true;
  // What an earlier run was sending may still be arriving: it is not asked for at once.
  if (spool_.next(0)) insert_again_ = Clock::now() + config_.delivery.first_pause;
  for (auto shards = delivery_.statistics(Clock::now()).shards; shards > 0; --shards)
    inserters_.emplace_back([this] { insert_loop(); });
  keeper_ = std::thread([this] { keep_loop(); });
}

void HistoryWriter::stop() {
  {
    const std::lock_guard open_lock(open_mutex_);
    enqueue(open_.close_all(), Clock::now());
  }
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) stop_by_ = Clock::now() + config_.stop_within;
    stopping_ = true;
  }
  work_.notify_all();
  keep_.notify_all();
  for (auto& inserter : inserters_)
    if (inserter.joinable()) inserter.join();
  if (keeper_.joinable()) keeper_.join();

  std::unique_lock lock(mutex_);
  while (!queue_.empty() && spool_some(lock, true)) {
  }
  for (const auto& pending : queue_) statistics_.lost += pending.batch.flows.size();
  queue_.clear();
  queued_rows_ = 0;
  running_ = false;
  idle_.notify_all();
}

void HistoryWriter::take(FlowBatch&& batch) {
  const auto now = Clock::now();
  const std::lock_guard open_lock(open_mutex_);
  taken_ += batch.size();
  enqueue(open_.add(std::move(batch), now), now);
}

void HistoryWriter::enqueue(std::vector<HourBatch> closed, Moment now) {
  if (closed.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    for (auto& batch : closed) {
      const auto rows = batch.flows.size();
      if (queued_rows_ > 0 && queued_rows_ + rows > 2 * config_.queue_rows) {
        statistics_.lost += rows;
        continue;
      }
      queued_rows_ += rows;
      queue_.push_back({next_batch_++, std::move(batch), {delivery_.next_shard(), false}, now});
    }
  }
  work_.notify_one();
  keep_.notify_one();
}

Status HistoryWriter::flush(std::chrono::milliseconds within) {
  const auto by = Clock::now() + within;
  std::uint64_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    lost = statistics_.lost;
  }
  {
    const std::lock_guard open_lock(open_mutex_);
    enqueue(open_.close_all(), Clock::now());
  }
  std::unique_lock lock(mutex_);
  if (!idle_.wait_until(lock, by, [&] { return queue_.empty() && away_ == 0; }))
    return failure(ErrorCode::kUnavailable,
                   "neither engine nor spool took every flow in time: " + statistics_.last_error);
  if (statistics_.lost != lost)
    return failure(ErrorCode::kLimit, "flows were lost that neither engine nor spool would take: " +
                                          statistics_.last_error);
  return {};
}

void HistoryWriter::insert_loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || (!queue_.empty() && Clock::now() < stop_by_)) {
    bool tried = false;
    if (Clock::now() >= insert_again_) {
      // Queue and spool take turns: new flows are soon seen, and old ones do not wait for ever.
      spool_turn_ = !spool_turn_;
      if (spool_turn_ && !stopping_) tried = insert_from_spool(lock);
      if (!tried) tried = insert_from_queue(lock);
      if (!tried && !spool_turn_ && !stopping_) tried = insert_from_spool(lock);
    }
    if (tried) continue;
    if (stopping_ && delivery_.all_away(Clock::now())) break;
    work_.wait_for(lock, kTick);
  }
}

bool HistoryWriter::insert_from_queue(std::unique_lock<std::mutex>& lock) {
  const auto now = Clock::now();
  const auto found = std::find_if(queue_.begin(), queue_.end(), [&](const Pending& pending) {
    return !pending.refused && delivery_.may_try(pending.fate, now);
  });
  if (found == queue_.end()) return false;
  auto pending = std::move(*found);
  queue_.erase(found);
  ++away_;
  lock.unlock();

  Delivery::Parcel parcel{
      .batch = pending.id,
      .hour = pending.batch.hour,
      .rows = pending.batch.flows.size(),
      .fate = pending.fate,
      .flows = [&]() -> Result<const FlowBatch*> { return &pending.batch.flows; },
      .move_to = [](std::uint32_t) { return Status(); },
  };
  const auto attempt = delivery_.deliver(parcel, now);

  bool stored = false;
  lock.lock();
  --away_;
  pending.fate = parcel.fate;
  switch (attempt.how) {
    case Delivered::kInserted:
    case Delivered::kFound:
    case Delivered::kPartly:
      queued_rows_ -= parcel.rows;
      statistics_.acknowledged += attempt.stored;
      statistics_.lost += parcel.rows - attempt.stored;
      if (attempt.how == Delivered::kFound) ++statistics_.batches_found;
      if (attempt.how == Delivered::kPartly) ++statistics_.batches_partly;
      count_stored(attempt.stored, false);
      stored = true;
      if (queue_.empty() && away_ == 0) idle_.notify_all();
      break;
    case Delivered::kRefused:
      pending.refused = true;
      [[fallthrough]];
    case Delivered::kAway:
    case Delivered::kUnclear:
    case Delivered::kUnread:
      queue_.push_front(std::move(pending));
      keep_.notify_one();
      break;
  }
  if (stored) {
    lock.unlock();
    pending.batch.flows.clear();  // takes a while: not while take() waits
    {
      const std::lock_guard open_lock(open_mutex_);
      open_.reuse(std::move(pending.batch.flows));
    }
    lock.lock();
  }
  return true;
}

bool HistoryWriter::insert_from_spool(std::unique_lock<std::mutex>& lock) {
  const auto now = Clock::now();
  if (delivery_.all_away(now)) return false;
  const auto next_to_try = [&](std::uint64_t after) {
    auto waiting = spool_.next(after);
    while (waiting &&
           (set_aside_.contains(waiting->sequence) || in_hand_.contains(waiting->sequence) ||
            !delivery_.may_try({waiting->shard, waiting->unclear}, now)))
      waiting = spool_.next(waiting->sequence);
    return waiting;
  };
  auto found = next_to_try(cursor_);
  if (!found && cursor_ != 0) found = next_to_try(0);
  if (!found) return false;
  const auto waiting = *found;
  in_hand_.insert(waiting.sequence);
  lock.unlock();

  FlowBatch flows(1);
  auto read_error = ErrorCode::kIo;
  Delivery::Parcel parcel{
      .batch = waiting.batch,
      .hour = waiting.hour,
      .rows = waiting.rows,
      .fate = {waiting.shard, waiting.unclear},
      .flows = [&]() -> Result<const FlowBatch*> {
        auto read = spool_.read(waiting.sequence);
        if (!read) {
          read_error = read.error().code;
          return tl::unexpected(std::move(read).error());
        }
        flows = std::move(*read);
        return &flows;
      },
      .move_to = [&](std::uint32_t shard) { return spool_.move_to(waiting.sequence, shard); },
  };
  const auto attempt = delivery_.deliver(parcel, now);
  const bool stored = attempt.how == Delivered::kInserted || attempt.how == Delivered::kFound ||
                      attempt.how == Delivered::kPartly;
  if (stored)
    spool_.done(waiting.sequence);
  else
    spool_.set_unclear(waiting.sequence, parcel.fate.unclear);

  lock.lock();
  in_hand_.erase(waiting.sequence);
  cursor_ = waiting.sequence;
  switch (attempt.how) {
    case Delivered::kInserted:
    case Delivered::kFound:
    case Delivered::kPartly:
      statistics_.lost += parcel.rows - attempt.stored;
      if (attempt.how == Delivered::kFound) ++statistics_.batches_found;
      if (attempt.how == Delivered::kPartly) ++statistics_.batches_partly;
      count_stored(attempt.stored, true);
      break;
    case Delivered::kRefused:
      ++statistics_.batches_refused;
      set_aside_.insert(waiting.sequence);
      break;
    case Delivered::kUnread:
      // Damaged ones are gone and counted by the spool; the disk may give the others later.
      if (read_error == ErrorCode::kMalformed) statistics_.lost += parcel.rows;
      insert_again_ = Clock::now() + kPauseAfterFailure;
      break;
    case Delivered::kAway:
      cursor_ = 0;  // in order, when a shard is back
      if (delivery_.may_try(parcel.fate, Clock::now()))
        insert_again_ = Clock::now() + kPauseAfterFailure;
      break;
    case Delivered::kUnclear:
      break;  // the next one first: this may be the one that its shard cannot take
  }
  return true;
}

void HistoryWriter::count_stored(std::uint64_t rows, bool from_spool) {
  statistics_.inserted += rows;
  if (from_spool) statistics_.drained += rows;
  ++statistics_.batches_inserted;
  statistics_.last_success = now_in_utc();
}

void HistoryWriter::keep_loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    {
      const std::lock_guard open_lock(open_mutex_);
      enqueue(open_.close_old(Clock::now()), Clock::now());
    }
    lock.lock();
    if (should_spool(Clock::now())) {
      (void)spool_some(lock, false);
      continue;
    }
    if (!stopping_) keep_.wait_for(lock, kTick);
  }
}

bool HistoryWriter::should_spool(Moment now) const {
  if (queue_.empty() || now < spool_again_) return false;
  const auto& oldest = queue_.front();
  return queued_rows_ > config_.queue_rows || oldest.refused || oldest.fate.unclear ||
         now - oldest.since > config_.spool_after || delivery_.all_away(now);
}

bool HistoryWriter::spool_some(std::unique_lock<std::mutex>& lock, bool all) {
  std::vector<Pending> batches;
  std::size_t rows = 0;
  while (!queue_.empty() && batches.size() < kSpooledAtOnce &&
         (all || batches.empty() || should_spool(Clock::now()))) {
    rows += queue_.front().batch.flows.size();
    batches.push_back(std::move(queue_.front()));
    queue_.pop_front();
    queued_rows_ -= batches.back().batch.flows.size();  // so that should_spool sees the rest
  }
  queued_rows_ += rows;
  away_ += batches.size();
  lock.unlock();

  std::vector<Spool::Item> items;
  for (const auto& pending : batches)
    items.push_back({pending.id, pending.batch.hour, pending.fate.shard, pending.fate.unclear,
                     &pending.batch.flows});
  const auto appended = spool_.append(items);

  lock.lock();
  away_ -= batches.size();
  for (std::size_t at = 0; at < appended.count; ++at) {
    const auto flows = batches[at].batch.flows.size();
    queued_rows_ -= flows;
    statistics_.spooled += flows;
    statistics_.acknowledged += flows;
  }
  if (!appended.status) {
    statistics_.last_error = appended.status.error().message;
    spool_again_ = Clock::now() + kPauseAfterFailure;
  }
  const auto rest = batches.begin() + static_cast<std::ptrdiff_t>(appended.count);
  queue_.insert(queue_.begin(), std::make_move_iterator(rest),
                std::make_move_iterator(batches.end()));
  if (queue_.empty() && away_ == 0) idle_.notify_all();
  if (appended.count > 0) work_.notify_one();
  return appended.count > 0;
}

HistoryWriter::Statistics HistoryWriter::statistics() const {
  const std::lock_guard open_lock(open_mutex_);
  const std::lock_guard lock(mutex_);
  auto result = statistics_;
  result.taken = taken_;
  result.open = open_.rows();
  result.batches_open = open_.hours();
  result.batches_closed_early = open_.closed_early();
  result.queued = queued_rows_;
  result.batches_queued = queue_.size() + away_;
  result.delivery = delivery_.statistics(Clock::now());
  result.spool = spool_.statistics();
  if (result.last_error.empty()) result.last_error = result.delivery.last_error;
  return result;
}

}  // namespace noroshi
