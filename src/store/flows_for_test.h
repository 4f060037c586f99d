#pragma once

#include <cstdint>
#include <set>

#include "model/flow_batch.h"

namespace noroshi::for_test {

inline constexpr std::uint64_t kHour = 3'600'000;

/// One row that ends in an hour since 1970; `number` tells it from all others (its byte count).
inline void add_row(FlowBatch& flows, std::uint64_t hour, std::uint64_t number) {
  const auto row = flows.append(1);
  flows.mutable_last()[row] = hour * kHour + number % kHour;
  flows.mutable_bytes()[row] = number;
  flows.mutable_source_address()[row] = IpAddress::from_v4(static_cast<std::uint32_t>(number));
  flows.mutable_source_port()[row] = 53;
}

/// Rows numbered [first, first + count) that end in one hour.
inline FlowBatch rows(std::uint64_t hour, std::uint64_t first, std::uint64_t count) {
  FlowBatch flows(count);
  for (std::uint64_t at = 0; at < count; ++at) add_row(flows, hour, first + at);
  return flows;
}

inline std::multiset<std::uint64_t> numbers(const FlowBatch& flows) {
  return {flows.bytes().begin(), flows.bytes().end()};
}

}  // namespace noroshi::for_test
