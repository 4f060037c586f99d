#pragma once

#include <vector>

#include "guard/guard.h"
#include "question/flow_answers.h"
#include "store/history.h"

namespace noroshi {

/// The history as whoever asks questions sees it: each question permitted by the guard before it is
/// put, and what it brought written into the audit before it is taken for whole. Not thread-safe;
/// one for each who asks.
class StoredFlows final : public FlowAnswers {
 public:
  StoredFlows(History& history, Guard& guard, Access access)
      : history_(history), guard_(guard), access_(std::move(access)) {}

  [[nodiscard]] Result<std::vector<Answer>> ask(std::span<const GroupQuestion> questions) override;
  [[nodiscard]] Result<Answer> ask(const SeriesQuestion& question) override;
  [[nodiscard]] Result<Answer> ask(const TrendSeriesQuestion& question) override;
  [[nodiscard]] Status read(const RowsQuestion& question, const RowSink& sink) override;
  [[nodiscard]] Status read_for_export(const RowsQuestion& question, const RowSink& sink) override;
  /// By way of a file in the system's folder for temporary ones.
  [[nodiscard]] Status read_parquet(const RowsQuestion& question, const PieceSink& sink) override;
  [[nodiscard]] std::vector<Bilingual> notes() const override { return notes_; }

 private:
  template <typename Question>
  [[nodiscard]] Result<Answer> ask_one(const Question& question);
  Status read_rows(const RowsQuestion& question, RowsUse use, const RowSink& sink);
  void note(const GrantTerms& terms);

  History& history_;
  Guard& guard_;
  const Access access_;
  std::vector<Bilingual> notes_;
};

}  // namespace noroshi
