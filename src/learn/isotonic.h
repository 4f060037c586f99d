#pragma once

#include <span>

#include "judge/classifier/calibration.h"
#include "learn/metrics.h"

namespace noroshi {

/// The best non-decreasing fit of truth over score (pool adjacent violators; Ayer et al. 1955,
/// Zadrozny and Elkan, KDD 2002). One positive and one negative are added at the wrong ends, so
/// that no block says 0 or 1. Nothing fitted for no scores.
[[nodiscard]] Calibration fitted_isotonic(std::span<const Scored> scored);

}  // namespace noroshi
