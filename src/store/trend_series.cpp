#include "store/trend_series.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "store/rollup.h"
#include "store/rounding.h"

namespace noroshi {
namespace {

/// The values of a row behind its time.
using Values = std::vector<KeyValue>;
using Tallies = std::map<Values, Tally>;
using Steps = std::map<std::uint64_t, Tallies>;

Dimension dimension_of(TrendSplit split) {
  switch (split) {
    case TrendSplit::kNone:
    case TrendSplit::kExporter:
      return Dimension::kAll;
    case TrendSplit::kProtocol:
      return Dimension::kProtocol;
    case TrendSplit::kService:
      return Dimension::kService;
    case TrendSplit::kSourceAs:
      return Dimension::kSourceAs;
    case TrendSplit::kDestinationAs:
      return Dimension::kDestinationAs;
    case TrendSplit::kSourceCountry:
      return Dimension::kSourceCountry;
    case TrendSplit::kDestinationCountry:
      return Dimension::kDestinationCountry;
    case TrendSplit::kInputInterface:
      return Dimension::kInputInterface;
    case TrendSplit::kOutputInterface:
      return Dimension::kOutputInterface;
  }
  return Dimension::kAll;
}

bool is_interface(TrendSplit split) {
  return split == TrendSplit::kInputInterface || split == TrendSplit::kOutputInterface;
}

Values values_of(TrendSplit split, const TrendRow& row) {
  if (split == TrendSplit::kNone) return {};
  if (split == TrendSplit::kExporter) return {row.exporter};
  if (is_interface(split)) return {row.exporter, std::uint64_t{row.value}};
  return {std::uint64_t{row.value}};
}

Tally tally_of(const TrendRow& row) {
  Tally tally;
  tally.flows = row.flows;
  tally.packets = row.packets;
  tally.bytes = row.bytes;
  tally.flows_of_unknown_sampling = row.flows_of_unknown_sampling;
  tally.estimated_packets = row.estimated_packets;
  tally.estimated_bytes = row.estimated_bytes;
  return tally;
}

std::uint64_t less(std::uint64_t whole, std::uint64_t part) {
  return whole - std::min(whole, part);
}

/// What is left of a step without the values shown. Flows may come between two statements.
Tally rest_of(const Tally& all, const Tally& shown) {
  Tally rest;
  rest.flows = less(all.flows, shown.flows);
  rest.packets = less(all.packets, shown.packets);
  rest.bytes = less(all.bytes, shown.bytes);
  rest.flows_of_unknown_sampling =
      less(all.flows_of_unknown_sampling, shown.flows_of_unknown_sampling);
  // Sums of fractions in another order differ in their last digits.
  if (rest.flows > rest.flows_of_unknown_sampling) {
    rest.estimated_packets = std::max(0.0, all.estimated_packets - shown.estimated_packets);
    rest.estimated_bytes = std::max(0.0, all.estimated_bytes - shown.estimated_bytes);
  }
  return rest;
}

/// Every step is equally long, so rates rank as sums do.
std::uint64_t rank(const Tally& tally, Order order) {
  if (order == Order::kPacketsPerSecond) return tally.packets;
  if (order == Order::kBitsPerSecond) return tally.bytes;
  return rank_of(tally, order);
}

class TrendSeries {
 public:
  TrendSeries(Engine& engine, const TrendSeriesQuestion& question)
      : rollups_(engine), question_(question) {
    base_.window = question.window;
    base_.step = question.step;
    base_.by_exporter = !question.exporters.empty() || is_interface(question.split) ||
                        question.split == TrendSplit::kExporter;
  }

  Result<Answer> answer() {
    const auto all = TRY(steps_of(TrendSplit::kNone, base_));
    Answer answer;
    for (const auto& [start, tallies] : all)
      for (const auto& [values, tally] : tallies) answer.total.add(tally);
    if (question_.split == TrendSplit::kNone) {
      for (const auto& [start, tallies] : all) answer.rows.push_back({{start}, tallies.at({})});
      answer.groups = all.empty() ? 0 : 1;
      return answer;
    }
    const auto largest = TRY(largest_values(answer.groups));
    auto shown_question = base_;
    shown_question.dimension = dimension_of(question_.split);
    if (question_.split != TrendSplit::kExporter)
      for (const auto& values : largest)
        shown_question.values.push_back(
            static_cast<std::uint32_t>(std::get<std::uint64_t>(values.back())));
    const auto shown = TRY(steps_of(question_.split, shown_question));
    for (const auto& [start, tallies] : all) {
      Tally sum;
      if (const auto step = shown.find(start); step != shown.end()) {
        for (const auto& values : largest) {
          const auto found = step->second.find(values);
          if (found == step->second.end()) continue;
          sum.add(found->second);
          answer.rows.push_back({with_time(start, values), found->second});
        }
      }
      const auto rest = rest_of(tallies.at({}), sum);
      if (rest.flows > 0) answer.rows.push_back({{start}, rest});
    }
    return answer;
  }

 private:
  static Values with_time(std::uint64_t start, const Values& values) {
    Values key{start};
    key.insert(key.end(), values.begin(), values.end());
    return key;
  }

  [[nodiscard]] bool wanted(const IpAddress& exporter) const {
    return question_.exporters.empty() ||
           std::ranges::any_of(question_.exporters,
                               [&](const Prefix& prefix) { return prefix.contains(exporter); });
  }

  Result<Steps> steps_of(TrendSplit split, const TrendQuestion& question) {
    Steps steps;
    for (const auto& row : TRY(rollups_.ask(question)))
      if (wanted(row.exporter)) steps[row.start][values_of(split, row)].add(tally_of(row));
    return steps;
  }

  /// Of the whole window, the largest first; `groups` becomes the number of all.
  Result<std::vector<Values>> largest_values(std::uint64_t& groups) {
    // One step for all time that the same table answers: no new divisor of an hour is in it.
    constexpr std::uint64_t kAllTime = 60'000'001;
    auto question = base_;
    question.dimension = dimension_of(question_.split);
    question.step = base_.step * kAllTime;
    Tallies tallies;
    for (const auto& [start, step] : TRY(steps_of(question_.split, question)))
      for (const auto& [values, tally] : step) tallies[values].add(tally);
    groups = tallies.size();
    std::vector<std::pair<Values, Tally>> ranked(tallies.begin(), tallies.end());
    std::ranges::stable_sort(ranked, [&](const auto& a, const auto& b) {
      return rank(a.second, question_.order) > rank(b.second, question_.order);
    });
    if (ranked.size() > question_.limit) ranked.resize(question_.limit);
    std::vector<Values> largest;
    for (auto& [values, tally] : ranked) largest.push_back(std::move(values));
    return largest;
  }

  Rollups rollups_;
  const TrendSeriesQuestion& question_;
  TrendQuestion base_;
};

}  // namespace

Result<Answer> answer(Engine& engine, const Granted<TrendSeriesQuestion>& granted) {
  auto answer = TRY(TrendSeries(engine, granted.question()).answer());
  round(answer, granted.terms());
  return answer;
}

}  // namespace noroshi
