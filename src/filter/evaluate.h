#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "filter/condition.h"
#include "model/flow_batch.h"

namespace noroshi {

/// A condition made ready to be asked of many batches. Works by columns: each leaf is one loop.
/// Keeps its work space between batches; not thread-safe.
class Evaluator {
 public:
  /// Keeps a copy of what it needs of `condition`.
  explicit Evaluator(const Condition& condition);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  /// One byte for each row of `batch`: 1 where the condition holds, else 0. The view holds until
  /// the next call.
  [[nodiscard]] std::span<const std::uint8_t> evaluate(const FlowBatch& batch);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace noroshi
