#pragma once

#include "base/result.h"
#include "guard/grant.h"
#include "question/trend.h"
#include "store/engine.h"

namespace noroshi {

/// Answers out of the rollups (rollup.h), with at most limit + 1 rows a step: the values are ranked
/// by the engine first. Counts are rounded as the grant has them. kLimit for more steps than an
/// answer holds.
[[nodiscard]] Result<Answer> answer(Engine& engine, const Granted<TrendSeriesQuestion>& granted);

}  // namespace noroshi
