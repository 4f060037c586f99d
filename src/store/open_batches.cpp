#include "store/open_batches.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "store/flow_columns.h"
#include "store/history.h"

namespace noroshi {
namespace {

constexpr std::size_t kMostSpare = 2;

}  // namespace

void OpenBatches::reuse(FlowBatch&& flows) {
  if (spare_.size() >= kMostSpare || flows.capacity() < config_.most_rows) return;
  flows.clear();
  spare_.push_back(std::move(flows));
}

void OpenBatches::make_room(FlowBatch& flows, std::size_t rows) {
  if (flows.size() + rows <= flows.capacity()) return;
  FlowBatch larger(1);
  if (spare_.empty()) {
    // An hour with few rows stays small; one that has outgrown a quarter will be filled.
    const auto needed = flows.size() + rows;
    larger = FlowBatch(needed > config_.most_rows / 4 ? config_.most_rows : 2 * needed);
  } else {
    larger = std::move(spare_.back());
    spare_.pop_back();
  }
  append_all(larger, flows);
  flows = std::move(larger);
}

OpenBatches::Open& OpenBatches::open(std::uint64_t hour, std::size_t rows, Moment now) {
  if (const auto found = open_.find(hour); found != open_.end()) return found->second;
  return open_.emplace(hour, Open{FlowBatch(rows), now}).first->second;
}

HourBatch OpenBatches::close(Hours::iterator hour) {
  HourBatch closed{hour->first, std::move(hour->second.flows)};
  rows_ -= closed.flows.size();
  open_.erase(hour);
  return closed;
}

std::vector<HourBatch> OpenBatches::add(FlowBatch&& flows, Moment now) {
  std::vector<HourBatch> closed;
  if (flows.empty()) return closed;
  const auto last = flows.last();
  const auto hour = History::hour_of(last.front());
  const bool one_hour = std::all_of(last.begin(), last.end(), [&](std::uint64_t moment) {
    return History::hour_of(moment) == hour;
  });

  // Nearly every batch is of one hour, and needs no list of rows.
  if (one_hour && flows.size() <= config_.most_rows) {
    rows_ += flows.size();
    if (const auto found = open_.find(hour); found == open_.end()) {
      open_.emplace(hour, Open{std::move(flows), now});
    } else if (found->second.flows.size() + flows.size() <= config_.most_rows) {
      make_room(found->second.flows, flows.size());
      append_all(found->second.flows, flows);
    } else {
      rows_ -= flows.size();
      closed.push_back(close(found));
      rows_ += flows.size();
      open_.emplace(hour, Open{std::move(flows), now});
    }
    if (const auto found = open_.find(hour); found->second.flows.size() == config_.most_rows)
      closed.push_back(close(found));
    close_fullest_past(closed);
    return closed;
  }

  std::map<std::uint64_t, std::vector<std::uint32_t>> rows_of_hour;
  for (std::size_t row = 0; row < flows.size(); ++row)
    rows_of_hour[History::hour_of(last[row])].push_back(static_cast<std::uint32_t>(row));
  for (const auto& [row_hour, rows] : rows_of_hour) {
    for (std::span rest(rows); !rest.empty();) {
      auto& target = open(row_hour, std::min(rest.size(), config_.most_rows), now);
      const auto count = std::min(rest.size(), config_.most_rows - target.flows.size());
      make_room(target.flows, count);
      append_rows(target.flows, flows, rest.first(count));
      rows_ += count;
      rest = rest.subspan(count);
      if (target.flows.size() == config_.most_rows) closed.push_back(close(open_.find(row_hour)));
    }
    close_fullest_past(closed);
  }
  return closed;
}

void OpenBatches::close_fullest_past(std::vector<HourBatch>& closed) {
  while (open_.size() > config_.most_hours) {
    // The newest hour is the one that is still filling.
    const auto fullest = std::max_element(
        open_.begin(), std::prev(open_.end()), [](const auto& left, const auto& right) {
          return left.second.flows.size() < right.second.flows.size();
        });
    closed.push_back(close(fullest));
    ++closed_early_;
  }
}

std::vector<HourBatch> OpenBatches::close_old(Moment now) {
  std::vector<HourBatch> closed;
  for (auto at = open_.begin(); at != open_.end();) {
    const auto next = std::next(at);
    const bool trickles = next != open_.end() && at->second.flows.size() < config_.few_rows;
    const auto oldest = trickles ? std::max(config_.oldest_of_few, config_.oldest) : config_.oldest;
    if (now - at->second.since >= oldest) closed.push_back(close(at));
    at = next;
  }
  return closed;
}

std::vector<HourBatch> OpenBatches::close_all() {
  std::vector<HourBatch> closed;
  while (!open_.empty()) closed.push_back(close(open_.begin()));
  return closed;
}

}  // namespace noroshi
