#pragma once

#include "base/result.h"
#include "question/trend.h"
#include "store/engine.h"

namespace noroshi {

/// Answers out of the rollups (rollup.h), with at most limit + 1 rows a step: the values are ranked
/// by the engine first. kInvalidArgument for a step that is not whole minutes up to a year or a
/// limit that is not 1 to kMostValues; kLimit for more steps than an answer holds.
[[nodiscard]] Result<Answer> answer(Engine& engine, const TrendSeriesQuestion& question);

}  // namespace noroshi
