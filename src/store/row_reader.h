#pragma once

#include <functional>

#include "base/result.h"
#include "model/flow_batch.h"
#include "question/question.h"
#include "store/engine.h"

namespace noroshi {

/// Hands on the rows of "flows" that a question asks for, some thousands at a time.
Status read_rows(Engine& engine, const RowsQuestion& question,
                 const std::function<Status(const FlowBatch&)>& sink);

}  // namespace noroshi
