#pragma once

#include "model/flow_batch.h"

namespace noroshi {

/// Where batches of flows go next. Called from the threads that make the batches, several at once;
/// must not wait for slow things.
class FlowSink {
 public:
  virtual ~FlowSink() = default;
  virtual void take(FlowBatch&& batch) = 0;
};

}  // namespace noroshi
