#include "pipeline/recorded_flows.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "filter/evaluate.h"
#include "pipeline/sorted_rows.h"

namespace noroshi {
namespace {

/// The questions that ask of the same rows, so that these are looked for once.
struct SameRows {
  Condition filter;
  TimeWindow window;
  Evaluator evaluator;
  Selection selection;
  std::vector<std::size_t> questions;
};

std::vector<SameRows> by_rows(std::span<const GroupQuestion> questions) {
  std::vector<SameRows> groups;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto& question = questions[i];
    auto found = std::ranges::find_if(groups, [&](const SameRows& group) {
      return group.window == question.window && group.filter == question.filter;
    });
    if (found == groups.end()) {
      groups.push_back(
          {question.filter, question.window, Evaluator(question.filter), Selection(), {}});
      found = groups.end() - 1;
    }
    found->questions.push_back(i);
  }
  return groups;
}

}  // namespace

RecordedFlows::RecordedFlows(Config config, Dependencies dependencies)
    : config_(std::move(config)), dependencies_(std::move(dependencies)) {}

GroupingLimits RecordedFlows::limits() const {
  std::random_device device;
  return {.most_groups = config_.most_groups,
          .hash_seed = std::uint64_t{device()} << 32 | device()};
}

Result<std::vector<Answer>> RecordedFlows::ask(std::span<const GroupQuestion> questions) {
  auto same_rows = by_rows(questions);
  std::vector<Grouping> groupings;
  groupings.reserve(questions.size());
  for (const auto& question : questions) groupings.emplace_back(question, limits());
  TRY(for_each_batch([&](const FlowBatch& batch) -> Status {
    for (auto& same : same_rows) {
      same.selection.select(batch, same.evaluator.evaluate(batch), same.window);
      for (const auto question : same.questions) groupings[question].add(same.selection);
    }
    return {};
  }));
  std::vector<Answer> answers;
  answers.reserve(groupings.size());
  for (const auto& grouping : groupings) answers.push_back(grouping.answer());
  return answers;
}

Result<Answer> RecordedFlows::ask(const SeriesQuestion& question) {
  if (question.step == 0)
    return failure(ErrorCode::kInvalidArgument, "a series needs a step of at least 1 ms");
  Evaluator evaluator(question.filter);
  Selection selection;
  Series series(question, limits());
  TRY(for_each_batch([&](const FlowBatch& batch) -> Status {
    selection.select(batch, evaluator.evaluate(batch), question.window);
    series.add(selection);
    return {};
  }));
  return series.answer();
}

Status RecordedFlows::read(const RowsQuestion& question, const RowSink& sink) {
  Evaluator evaluator(question.filter);
  SortedRows rows(question.limit, config_.most_sorted_rows, sink);
  TRY(for_each_batch([&](const FlowBatch& batch) -> Status {
    const auto passed = evaluator.evaluate(batch);
    const auto last = batch.last();
    for (std::size_t row = 0; row < batch.size() && !rows.is_done(); ++row) {
      if (passed[row] == 0 || last[row] < question.window.from || last[row] >= question.window.to)
        continue;
      TRY(rows.add(batch, row));
    }
    return {};
  }));
  TRY(rows.finish());
  rows_in_order_ = rows.in_order();
  return {};
}

Status RecordedFlows::for_each_batch(const std::function<Status(const FlowBatch&)>& visit) {
  failures_.clear();
  for (const auto& file : config_.files) TRY(read_file(file, visit));
  return {};
}

Status RecordedFlows::read_file(const std::string& file,
                                const std::function<Status(const FlowBatch&)>& visit) {
  auto recording =
      open_recording(file, {.default_sampling_rate = config_.default_sampling_rate, .meter = {}});
  if (!recording) {
    failures_.push_back(recording.error());
    return {};
  }
  FlowBatch batch(Recording::kRowsPerRead);
  while (true) {
    const auto more = (*recording)->read(batch);
    if (!more) {
      failures_.push_back(in_context(file, more.error()));
      break;
    }
    if (!*more) break;
    if (dependencies_.enrich) dependencies_.enrich(batch);
    TRY(visit(batch));
    if (dependencies_.on_read) dependencies_.on_read(file, **recording);
  }
  if (dependencies_.on_end) dependencies_.on_end(file, **recording);
  return {};
}

}  // namespace noroshi
