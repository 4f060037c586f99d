#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "question/question.h"

namespace noroshi {

/// The line of all values that have none of their own.
inline constexpr std::string_view kOtherValues = "other";

struct ChartPoint {
  std::uint64_t time = 0;  ///< the beginning of a step, ms since 1970 UTC; 0: not known
  std::string value;       ///< whose line; of one line only: anything
  double measure = 0;
};

struct Chart {
  std::uint64_t step = 0;  ///< ms
  bool split = false;      ///< a line for each value, else a bar for each step
  std::vector<ChartPoint> points;
};

/// What is charted of a step: rates are over the whole step, not over the flows in it.
[[nodiscard]] double chart_measure(const Tally& tally, Order order, std::uint64_t step);

/// Bars, or lines of blocks that rise and fall over the time, `width` terminal columns wide (at
/// least 40). Quiet steps between others are shown, as long as there are not more than some
/// hundreds.
[[nodiscard]] std::string draw(const Chart& chart, std::size_t width);

}  // namespace noroshi
