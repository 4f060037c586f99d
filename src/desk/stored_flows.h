#pragma once

#include "question/flow_answers.h"
#include "store/history.h"

namespace noroshi {

/// The history as whoever asks questions sees it. Safe to use from several threads.
class StoredFlows final : public FlowAnswers {
 public:
  explicit StoredFlows(History& history) : history_(history) {}

  [[nodiscard]] Result<std::vector<Answer>> ask(std::span<const GroupQuestion> questions) override {
    std::vector<Answer> answers;
    for (const auto& question : questions) answers.push_back(TRY(history_.ask(question)));
    return answers;
  }
  [[nodiscard]] Result<Answer> ask(const SeriesQuestion& question) override {
    return history_.ask(question);
  }
  [[nodiscard]] Status read(const RowsQuestion& question, const RowSink& sink) override {
    return history_.read(question, sink);
  }

 private:
  History& history_;
};

}  // namespace noroshi
