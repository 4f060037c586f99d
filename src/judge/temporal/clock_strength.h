#pragma once

#include "judge/case.h"

namespace noroshi {

/// The most that timing says. A benign machine polls too: of the servers a machine calls often,
/// about one in twenty is called by the clock, of C&C servers most. ln 20 = 3.
inline constexpr double kMostOfTiming = 3.0;

/// What a line in a spectrum says, as a log-likelihood ratio: nothing above a false alarm of
/// 1 in 1,000, all from 1 in 10⁹ on.
[[nodiscard]] double strength_of_line(double false_alarm);

/// Is the period (seconds) an active timeout that an exporter was seen to apply, or a small
/// multiple or fraction of one?
[[nodiscard]] bool at_a_timeout(double period, const View& view);

}  // namespace noroshi
