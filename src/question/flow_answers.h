#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bilingual.h"
#include "base/result.h"
#include "model/flow_batch.h"
#include "question/question.h"
#include "question/trend.h"

namespace noroshi {

/// Whoever answers questions about flows: recordings, or the history. The same question gets the
/// same answer from both where they hold the same flows.
///
/// Errors: kInvalidArgument for a question that cannot be asked, else what reading ran into. Unless
/// an implementation says more, one thread at a time.
class FlowAnswers {
 public:
  virtual ~FlowAnswers() = default;

  /// Answers in the order of the questions; recordings are read once for all of them.
  [[nodiscard]] virtual Result<std::vector<Answer>> ask(
      std::span<const GroupQuestion> questions) = 0;
  [[nodiscard]] virtual Result<Answer> ask(const SeriesQuestion& question) = 0;

  /// Only a history keeps trends: kUnsupported of recordings.
  [[nodiscard]] virtual Result<Answer> ask(const TrendSeriesQuestion& /*question*/) {
    return failure(ErrorCode::kUnsupported,
                   "trends are kept by a history; of recordings ask noroshi flows series");
  }

  /// Hands on the rows in batches of some thousands. An error of `sink` ends it and is returned.
  using RowSink = std::function<Status(const FlowBatch&)>;
  [[nodiscard]] virtual Status read(const RowsQuestion& question, const RowSink& sink) = 0;

  /// The same rows for a file of the reader's own making: they leave.
  [[nodiscard]] virtual Status read_for_export(const RowsQuestion& question, const RowSink& sink) {
    return read(question, sink);
  }

  /// The same rows as a Parquet file, handed on in pieces. kUnsupported where no engine that writes
  /// it answers.
  using PieceSink = std::function<Status(std::string_view piece)>;
  [[nodiscard]] virtual Status read_parquet(const RowsQuestion& /*question*/,
                                            const PieceSink& /*sink*/) {
    return failure(ErrorCode::kUnsupported,
                   "Parquet is written by the embedded history: put the recordings into one with "
                   "noroshi flows import, or use csv or json");
  }

  /// What the last question was narrowed by before it was answered, in words for whoever asked;
  /// empty where it was answered as it was asked.
  [[nodiscard]] virtual std::vector<Bilingual> notes() const { return {}; }
};

}  // namespace noroshi
