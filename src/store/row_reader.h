#pragma once

#include <functional>

#include "base/result.h"
#include "guard/grant.h"
#include "model/flow_batch.h"
#include "question/question.h"
#include "store/engine.h"

namespace noroshi {

/// Hands on the rows of "flows" that a question asks for, some thousands at a time, columns zero
/// that the grant hides.
Status read_rows(Engine& engine, const Granted<RowsQuestion>& granted,
                 const std::function<Status(const FlowBatch&)>& sink);

}  // namespace noroshi
