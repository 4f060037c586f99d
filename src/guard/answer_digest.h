#pragma once

#include <string>
#include <string_view>

#include "guard/digest.h"
#include "model/flow_batch.h"
#include "question/question.h"

namespace noroshi {

/// The hash by which the audit knows what a read brought: of the numbers and addresses themselves,
/// in the order in which they were handed on, whatever they were printed as later. Not thread-safe.
class AnswerDigest {
 public:
  void add(const Answer& answer);
  /// The columns of the batch one after the other: the same rows in other batches hash otherwise.
  void add(const FlowBatch& rows);
  void add(std::string_view bytes);
  /// 64 hexadecimal digits.
  [[nodiscard]] std::string finish();

 private:
  Sha256 hash_;
};

}  // namespace noroshi
