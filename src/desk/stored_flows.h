#pragma once

#include "question/flow_answers.h"
#include "store/history.h"

namespace noroshi {

/// The history as whoever asks questions sees it. Safe to use from several threads.
class StoredFlows final : public FlowAnswers {
 public:
  explicit StoredFlows(History& history) : history_(history) {}

  [[nodiscard]] Result<std::vector<Answer>> ask(std::span<const GroupQuestion> questions) override;
  [[nodiscard]] Result<Answer> ask(const SeriesQuestion& question) override;
  [[nodiscard]] Result<Answer> ask(const TrendSeriesQuestion& question) override;
  [[nodiscard]] Status read(const RowsQuestion& question, const RowSink& sink) override;
  /// By way of a file in the system's folder for temporary ones.
  [[nodiscard]] Status read_parquet(const RowsQuestion& question, const PieceSink& sink) override;

 private:
  History& history_;
};

}  // namespace noroshi
