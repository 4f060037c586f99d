#pragma once

#include "base/result.h"
#include "question/question.h"
#include "store/engine.h"

namespace noroshi {

/// Answers a question from the table "flows" of all shards; the same as Grouping and Series give
/// over the same rows (question/grouping.h).
[[nodiscard]] Result<Answer> answer(Engine& engine, const GroupQuestion& question);
/// kInvalidArgument for a step of 0; kLimit for more than GroupQuestion::kMostRows rows.
[[nodiscard]] Result<Answer> answer(Engine& engine, const SeriesQuestion& question);

}  // namespace noroshi
