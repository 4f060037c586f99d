#include "pipeline/hourly_contacts.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <random>
#include <utility>

#include "base/check.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
/// Copies that are kept to be written again: new memory costs more than copying.
constexpr std::size_t kMostSpare = 4;

template <typename T>
void copy(std::span<const T> from, std::span<T> to) {
  std::memcpy(to.data(), from.data(), from.size_bytes());
}

/// Copies the columns that summarising reads, and no other, into a batch that held such a copy
/// before or nothing.
FlowBatch copy_for_summary(const FlowBatch& batch, FlowBatch result) {
  if (result.size() > batch.size())
    result.truncate(batch.size());
  else
    result.append(batch.size() - result.size());
  copy(batch.kind(), result.mutable_kind());
  copy(batch.first(), result.mutable_first());
  copy(batch.last(), result.mutable_last());
  copy(batch.source_address(), result.mutable_source_address());
  copy(batch.destination_address(), result.mutable_destination_address());
  copy(batch.source_port(), result.mutable_source_port());
  copy(batch.destination_port(), result.mutable_destination_port());
  copy(batch.protocol(), result.mutable_protocol());
  copy(batch.tcp_flags(), result.mutable_tcp_flags());
  copy(batch.reverse_tcp_flags(), result.mutable_reverse_tcp_flags());
  copy(batch.packets(), result.mutable_packets());
  copy(batch.bytes(), result.mutable_bytes());
  copy(batch.reverse_packets(), result.mutable_reverse_packets());
  copy(batch.reverse_bytes(), result.mutable_reverse_bytes());
  copy(batch.sampling_rate(), result.mutable_sampling_rate());
  copy(batch.exporter(), result.mutable_exporter());
  copy(batch.end_reason(), result.mutable_end_reason());
  return result;
}

}  // namespace

HourlyContacts::HourlyContacts(Config config, Dependencies dependencies)
    : config_(config), dependencies_(std::move(dependencies)) {
  // The addresses that come here were chosen by outsiders.
  std::random_device device;
  const auto seed = [&] { return std::uint64_t{device()} << 32 | device(); };
  config_.summariser.conversations.hash_seed = seed();
  config_.summariser.contacts.hash_seed = seed();
}

HourlyContacts::~HourlyContacts() { stop(); }

void HourlyContacts::start() {
  CHECK(!thread_.joinable());
  const auto now = to_unix_milliseconds(dependencies_.now());
  first_hour_ = now / kHour;
  closed_until_ = (now - std::min(now, kGrace)) / kHour;
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void HourlyContacts::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void HourlyContacts::offer(const FlowBatch& batch) {
  if (batch.empty()) return;
  std::optional<FlowBatch> copied;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= config_.most_queued) {
      statistics_.flows_passed += batch.size();
      passed_over_ = true;
      return;
    }
    if (!spare_.empty()) {
      copied = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  copied = copy_for_summary(batch, copied ? *std::move(copied) : FlowBatch(batch.size()));
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(*std::move(copied));
  }
  wake_.notify_one();
}

HourlyContactsStatistics HourlyContacts::statistics() const {
  const std::lock_guard lock(mutex_);
  auto statistics = statistics_;
  statistics.queued = queue_.size();
  return statistics;
}

void HourlyContacts::rebuild_unfinished() {
  if (!dependencies_.unfinished || !dependencies_.read_back) return;
  for (const auto number : dependencies_.unfinished()) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    // What is still open here closes in its turn.
    if (number >= closed_until_) continue;
    close(number, {std::make_unique<Summariser>(config_.summariser), false});
  }
}

void HourlyContacts::run() {
  rebuild_unfinished();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    // Hours close by the clock, so an idle thread looks at it too.
    wake_.wait_for(lock, config_.clock_interval, [this] { return stopping_ || !queue_.empty(); });
    if (std::exchange(passed_over_, false))
      for (auto& [number, hour] : hours_) hour.complete = false;
    std::deque<FlowBatch> batches;
    batches.swap(queue_);
    lock.unlock();
    for (const auto& batch : batches) add(batch);
    close_hours(to_unix_milliseconds(dependencies_.now()));
    while (batches.size() > kMostSpare) batches.pop_back();
    lock.lock();
    for (; !batches.empty() && spare_.size() < kMostSpare; batches.pop_front())
      spare_.push_back(std::move(batches.front()));
  }
}

HourlyContacts::Hour* HourlyContacts::open(std::uint64_t hour) {
  if (const auto known = hours_.find(hour); known != hours_.end()) return &known->second;
  const auto now = to_unix_milliseconds(dependencies_.now()) / kHour;
  if (hour < closed_until_ || hour > now + 1) return nullptr;
  auto& opened = hours_[hour];
  opened.summariser = std::make_unique<Summariser>(config_.summariser);
  opened.complete = hour > first_hour_;
  return &opened;
}

void HourlyContacts::add(const FlowBatch& batch) {
  const auto [earliest, latest] = std::ranges::minmax(batch.last());
  std::uint64_t added = 0;
  if (earliest / kHour == latest / kHour) {
    if (auto* hour = open(latest / kHour); hour != nullptr) {
      hour->summariser->add(batch);
      added = batch.size();
    }
  } else {
    std::map<std::uint64_t, FlowBatch> parts;
    for (std::size_t row = 0; row < batch.size(); ++row) {
      const auto number = batch.last()[row] / kHour;
      if (open(number) == nullptr) continue;
      parts.try_emplace(number, batch.size()).first->second.append_row(batch, row);
      ++added;
    }
    for (const auto& [number, part] : parts) open(number)->summariser->add(part);
  }
  const std::lock_guard lock(mutex_);
  statistics_.flows += added;
  statistics_.flows_late += batch.size() - added;
}

void HourlyContacts::close_hours(std::uint64_t now) {
  const auto open_from = (now - std::min(now, kGrace)) / kHour;
  while (!hours_.empty() && hours_.begin()->first < open_from) {
    auto node = hours_.extract(hours_.begin());
    closed_until_ = std::max(closed_until_, node.key() + 1);
    close(node.key(), std::move(node.mapped()));
  }
  closed_until_ = std::max(closed_until_, open_from);
}

void HourlyContacts::close(std::uint64_t number, Hour hour) {
  bool rebuilt = false;
  if (!hour.complete && dependencies_.read_back) {
    auto again = std::make_unique<Summariser>(config_.summariser);
    const auto read = dependencies_.read_back(number, [&](const FlowBatch& batch) -> Status {
      again->add(batch);
      return {};
    });
    // What was seen live is the nearest there is when the history cannot be read.
    if (read) {
      hour.summariser = std::move(again);
      rebuilt = true;
    }
  }
  const auto summary = hour.summariser->finish();
  const auto stored = dependencies_.store(number, summary);
  const std::lock_guard lock(mutex_);
  if (!stored) {
    ++statistics_.hours_failed;
    return;
  }
  ++statistics_.hours;
  statistics_.hours_rebuilt += rebuilt ? 1 : 0;
  statistics_.contacts += summary.contacts.size();
}

}  // namespace noroshi
