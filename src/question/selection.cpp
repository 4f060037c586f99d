#include "question/selection.h"

#include <algorithm>

#include "base/check.h"

namespace noroshi {
namespace {

/// Where one value stands for every row this finds it by one pass that compilers make wide.
Selection::Sampling sampling_of(std::span<const std::uint32_t> rates) {
  std::uint32_t set = 0;
  std::uint32_t not_one = 0;
  for (const auto rate : rates) {
    set |= rate;
    not_one |= rate ^ 1u;
  }
  if (set == 0) return Selection::Sampling::kAllUnknown;
  return not_one == 0 ? Selection::Sampling::kAllOne : Selection::Sampling::kMixed;
}

template <typename T, typename Value>
void gather_into(std::span<const std::uint32_t> rows, std::vector<T>& out, const Value& value) {
  out.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) out[i] = value(rows[i]);
}

}  // namespace

void Selection::select(const FlowBatch& batch, std::span<const std::uint8_t> passed,
                       const TimeWindow& window) {
  CHECK(passed.size() == batch.size());
  batch_ = &batch;
  const auto kind = batch.kind();
  const auto last = batch.last();
  constexpr auto kEvent = static_cast<std::uint8_t>(FlowKind::kEvent);
  // Without a branch for each row: every row is written, and kept by counting it.
  rows_.resize(batch.size());
  std::size_t count = 0;
  for (std::size_t row = 0; row < batch.size(); ++row) {
    rows_[count] = static_cast<std::uint32_t>(row);
    const unsigned kept = unsigned{passed[row] != 0} & unsigned{kind[row] != kEvent} &
                          unsigned{last[row] >= window.from} & unsigned{last[row] < window.to};
    count += kept;
  }
  rows_.resize(count);
  gather();
}

void Selection::select(const Selection& other, std::span<const std::uint32_t> places) {
  batch_ = other.batch_;
  gather_into(places, rows_, [&](auto place) { return other.rows_[place]; });
  gather();
}

void Selection::gather() {
  const auto packets = batch_->packets();
  const auto bytes = batch_->bytes();
  const auto reverse_packets = batch_->reverse_packets();
  const auto reverse_bytes = batch_->reverse_bytes();
  gather_into(rows_, packets_,
              [&](auto row) { return saturating_sum(packets[row], reverse_packets[row]); });
  gather_into(rows_, bytes_,
              [&](auto row) { return saturating_sum(bytes[row], reverse_bytes[row]); });
  gather_into(rows_, first_, [first = batch_->first()](auto row) { return first[row]; });
  gather_into(rows_, last_, [last = batch_->last()](auto row) { return last[row]; });
  gather_into(rows_, sampling_rate_,
              [rate = batch_->sampling_rate()](auto row) { return rate[row]; });
  sampling_ = sampling_of(sampling_rate_);
}

Tally Selection::tally() const {
  Tally tally;
  tally.flows = rows_.size();
  for (const auto packets : packets_) tally.packets = saturating_sum(tally.packets, packets);
  for (const auto bytes : bytes_) tally.bytes = saturating_sum(tally.bytes, bytes);
  // Zero, "not known", becomes the largest number and is so never the earliest.
  auto earliest_before = UINT64_MAX;
  for (const auto first : first_) earliest_before = std::min(earliest_before, first - 1);
  tally.first = earliest_before == UINT64_MAX ? 0 : earliest_before + 1;
  for (const auto last : last_) tally.last = std::max(tally.last, last);
  if (sampling_ == Sampling::kAllUnknown) {
    tally.flows_of_unknown_sampling = tally.flows;
    return tally;
  }
  for (std::size_t i = 0; i < size(); ++i) {
    const auto rate = sampling_rate_[i];
    tally.flows_of_unknown_sampling += rate == 0 ? 1u : 0u;
    tally.sampled_flows += rate > 1 ? 1u : 0u;
    if (rate == 0) continue;
    const auto count = estimate(packets_[i], bytes_[i], rate);
    tally.estimated_packets += count.packets;
    tally.estimated_bytes += count.bytes;
    tally.packets_variance += count.packets_variance;
    tally.bytes_variance += count.bytes_variance;
  }
  return tally;
}

}  // namespace noroshi
