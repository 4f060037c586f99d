#pragma once

#include "base/result.h"
#include "guard/grant.h"
#include "question/question.h"
#include "store/engine.h"

namespace noroshi {

/// Answers a question from the table "flows" of all shards; the same as Grouping and Series give
/// over the same rows (question/grouping.h), as far as the grant goes: groups over fewer lines than
/// it asks for are left out by the SQL, of the total too, and counts are rounded.
[[nodiscard]] Result<Answer> answer(Engine& engine, const Granted<GroupQuestion>& granted);
/// kInvalidArgument for a step of 0; kLimit for more than GroupQuestion::kMostRows rows.
[[nodiscard]] Result<Answer> answer(Engine& engine, const Granted<SeriesQuestion>& granted);

}  // namespace noroshi
