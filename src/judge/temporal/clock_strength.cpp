#include "judge/temporal/clock_strength.h"

#include <algorithm>
#include <cmath>

namespace noroshi {
namespace {

constexpr double kLeastDecades = 3;
constexpr double kFullDecades = 9;

}  // namespace

double strength_of_line(double false_alarm) {
  const double decades = -std::log10(std::max(false_alarm, 1e-300));
  return decades < kLeastDecades ? 0 : kMostOfTiming * std::min(1.0, decades / kFullDecades);
}

bool at_a_timeout(double period, const View& view) {
  return std::ranges::any_of(view.timeouts, [&](const LearntTimeout& timeout) {
    const double length = static_cast<double>(timeout.milliseconds) / 1000.0;
    const double ratio = period >= length ? period / length : length / period;
    const double nearest = std::round(ratio);
    return nearest <= 4 && std::abs(ratio - nearest) <= 0.03 * nearest;
  });
}

}  // namespace noroshi
