#include "record/totals.h"

#include <algorithm>
#include <limits>

namespace noroshi {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? kLargest : result;
}

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? kLargest : result;
}

}  // namespace

FlowTotals::FlowTotals(std::uint64_t seed, std::size_t most_sources)
    : most_sources_(most_sources), sources_(64, SeededHash{seed}) {}

void FlowTotals::add(const FlowBatch& batch) {
  for (std::size_t row = 0; row < batch.size(); ++row) {
    if (batch.kind()[row] == static_cast<std::uint8_t>(FlowKind::kEvent)) {
      ++events_;
      continue;
    }
    ++flows_;
    const auto packets = sum(batch.packets()[row], batch.reverse_packets()[row]);
    const auto bytes = sum(batch.bytes()[row], batch.reverse_bytes()[row]);
    packets_ = sum(packets_, packets);
    bytes_ = sum(bytes_, bytes);
    const auto rate = batch.sampling_rate()[row];
    if (rate == 0) ++sampling_unknown_flows_;
    packets_estimated_ = sum(packets_estimated_, product(packets, rate));
    bytes_estimated_ = sum(bytes_estimated_, product(bytes, rate));
    if (const auto first = batch.first()[row]; first != 0)
      first_ = first_ == 0 ? first : std::min(first_, first);
    last_ = std::max(last_, batch.last()[row]);
    add_source(batch.source_address()[row]);
  }
}

void FlowTotals::add_source(const IpAddress& source) {
  if (last_source_ == source) return;
  last_source_ = source;
  if (sources_.size() < most_sources_)
    sources_.insert(source);
  else if (!sources_.contains(source))
    sources_complete_ = false;
}

std::optional<std::uint64_t> FlowTotals::packets_estimated() const {
  return sampling_unknown_flows_ == 0 ? std::optional(packets_estimated_) : std::nullopt;
}

std::optional<std::uint64_t> FlowTotals::bytes_estimated() const {
  return sampling_unknown_flows_ == 0 ? std::optional(bytes_estimated_) : std::nullopt;
}

}  // namespace noroshi
