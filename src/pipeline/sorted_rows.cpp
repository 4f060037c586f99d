#include "pipeline/sorted_rows.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "base/check.h"

namespace noroshi {
namespace {

constexpr std::size_t kRowsPerBatch = 4096;

}  // namespace

SortedRows::SortedRows(std::uint64_t limit, std::size_t most_held, Sink sink)
    : limit_(limit),
      most_held_(most_held),
      sink_(std::move(sink)),
      keeps_earliest_(limit != 0 && limit <= most_held) {
  CHECK(most_held_ > 0);
}

Status SortedRows::add(const FlowBatch& batch, std::size_t row) {
  held_.append_row(batch, row);
  if (keeps_earliest_) {
    // Thinned out only when twice as many are held as will be handed on: few rows are moved often.
    if (held_.size() >= std::max<std::size_t>(2 * limit_, kRowsPerBatch))
      held_ = sorted(static_cast<std::size_t>(limit_));
    return {};
  }
  return held_.size() >= most_held_ ? hand_on() : Status();
}

Status SortedRows::finish() { return held_.empty() ? Status() : hand_on(); }

FlowBatch SortedRows::sorted(std::size_t most) const {
  std::vector<std::size_t> order(held_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t row) { return held_.first()[row]; });
  order.resize(std::min(most, order.size()));
  FlowBatch rows(std::max<std::size_t>(order.size(), 1));
  for (const auto row : order) rows.append_row(held_, row);
  return rows;
}

Status SortedRows::hand_on() {
  const auto left =
      limit_ == 0
          ? held_.size()
          : static_cast<std::size_t>(std::min<std::uint64_t>(limit_ - handed_on_, held_.size()));
  const auto rows = sorted(left);
  held_.clear();
  ++runs_;
  handed_on_ += rows.size();
  FlowBatch batch(kRowsPerBatch);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    batch.append_row(rows, row);
    if (batch.size() == kRowsPerBatch || row + 1 == rows.size()) {
      TRY(sink_(batch));
      batch.clear();
    }
  }
  return {};
}

}  // namespace noroshi
