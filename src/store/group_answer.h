#pragma once

#include "base/result.h"
#include "question/question.h"
#include "store/engine.h"

namespace noroshi {

/// Answers a GroupQuestion from the table "flows" of all shards.
[[nodiscard]] Result<Answer> answer_groups(Engine& engine, const GroupQuestion& question);

}  // namespace noroshi
