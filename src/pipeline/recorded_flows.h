#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "question/flow_answers.h"
#include "question/grouping.h"
#include "record/recording.h"

namespace noroshi {

/// Answers questions straight from recordings, reading them once for each call. All files together
/// are one data set. Files that cannot be read are named in failures(), and the others go on.
class RecordedFlows final : public FlowAnswers {
 public:
  struct Config {
    std::vector<std::string> files;           ///< "-" is standard input
    std::uint32_t default_sampling_rate = 0;  ///< where a recording states none; 0 = unknown
    /// Rows that read() holds in order to sort them.
    std::size_t most_sorted_rows = 1'000'000;
    std::uint64_t most_groups = GroupQuestion::kMostRows;
  };
  /// Each may be empty.
  struct Dependencies {
    /// Fills in what recordings do not state (AS, country) before the filter sees a batch.
    std::function<void(FlowBatch& batch)> enrich;
    /// Called after each read of a file, and once more at its end: progress, and what its
    /// statistics say of damage.
    std::function<void(const std::string& file, const Recording& recording)> on_read;
    std::function<void(const std::string& file, const Recording& recording)> on_end;
  };

  RecordedFlows(Config config, Dependencies dependencies);

  [[nodiscard]] Result<std::vector<Answer>> ask(std::span<const GroupQuestion> questions) override;
  [[nodiscard]] Result<Answer> ask(const SeriesQuestion& question) override;
  using FlowAnswers::ask;  // trends are kept by a history
  /// Beyond most_sorted_rows, where no limit holds the rows below that, they are handed on in runs
  /// that are sorted each by itself; rows_in_order() then says so.
  [[nodiscard]] Status read(const RowsQuestion& question, const RowSink& sink) override;

  [[nodiscard]] bool rows_in_order() const { return rows_in_order_; }
  /// Of the last call: one clear line for each file that could not be opened, or not be read to
  /// its end.
  [[nodiscard]] const std::vector<Error>& failures() const { return failures_; }

 private:
  /// Hands every batch of every file to `visit`, until that returns an error.
  Status for_each_batch(const std::function<Status(const FlowBatch&)>& visit);
  Status read_file(const std::string& file, const std::function<Status(const FlowBatch&)>& visit);
  [[nodiscard]] GroupingLimits limits() const;

  Config config_;
  Dependencies dependencies_;
  std::vector<Error> failures_;
  bool rows_in_order_ = true;
};

}  // namespace noroshi
