#include "model/flow_batch.h"

#include <algorithm>

namespace noroshi {

#define NOROSHI_FLOW_CONSTRUCT(name, type) , name##_(capacity_)
FlowBatch::FlowBatch(std::size_t capacity)
    : capacity_(std::max<std::size_t>(capacity, 1)) NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_CONSTRUCT) {}
#undef NOROSHI_FLOW_CONSTRUCT

void FlowBatch::truncate(std::size_t size) {
  CHECK(size <= size_);
#define NOROSHI_FLOW_ZERO(name, type) name##_.zero(size, size_);
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_ZERO)
#undef NOROSHI_FLOW_ZERO
  size_ = size;
}

void FlowBatch::clear() {
#define NOROSHI_FLOW_FORGET(name, type) name##_.forget(size_);
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_FORGET)
#undef NOROSHI_FLOW_FORGET
  size_ = 0;
}

void FlowBatch::append_row(const FlowBatch& other, std::size_t row) {
  CHECK(row < other.size());
  const auto target = append(1);
#define NOROSHI_FLOW_COPY(name, type) \
  if (other.name##_.touched()) name##_.writable()[target] = other.name##_.data()[row];
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_COPY)
#undef NOROSHI_FLOW_COPY
}

void FlowBatch::grow(std::size_t least) {
  const auto capacity = std::max(least, capacity_ * 2);
#define NOROSHI_FLOW_GROW(name, type) name##_.grow(size_, capacity);
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_GROW)
#undef NOROSHI_FLOW_GROW
  capacity_ = capacity;
}

}  // namespace noroshi
