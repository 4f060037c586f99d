#include "learn/evaluation.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "judge/fuse/fusion.h"
#include "learn/metrics.h"

namespace noroshi {
namespace {

double logit(double probability) { return std::log(probability / (1 - probability)); }
double logistic(double value) { return 1 / (1 + std::exp(-value)); }

/// The tier that the judge gives with the model: its log-odds against the prior, and the groups
/// that speak (judge/fuse/fusion.h).
Tier tier_of(const EndpointDay& server, double log_ratio, double prior) {
  const double probability = logistic(logit(prior) + log_ratio);
  int groups = 0;
  bool independent = false;
  for (std::size_t index = 0; index < kEvidenceGroups; ++index) {
    if (static_cast<double>(server.groups[index]) < kGroupSpeaks) continue;
    ++groups;
    const auto group = static_cast<EvidenceGroup>(index);
    independent |= group == EvidenceGroup::kSocial || group == EvidenceGroup::kIntelligence ||
                   group == EvidenceGroup::kVerification;
  }
  if (probability >= kTierA && groups >= 2 && independent) return Tier::kA;
  return probability >= kTierB ? Tier::kB : Tier::kC;
}

Ranking ranking_of(const std::vector<Row>& rows, const std::vector<double>& scores) {
  std::vector<Scored> scored;
  for (std::size_t index = 0; index < rows.size(); ++index)
    scored.push_back({scores[index], rows[index].server->positive()});
  Ranking ranking{
      .average_precision = average_precision(scored), .roc_area = roc_area(scored), .folds = 1};
  for (std::size_t at = 0; at < kFalsePositiveRates.size(); ++at) {
    const auto point = at_false_positive_rate(scored, kFalsePositiveRates[at]);
    ranking.recall[at] = {point.found, point.positives};
    ranking.false_positives[at] = {point.false_positives, scored.size() - point.positives};
    for (std::size_t index = 0; index < rows.size(); ++index) {
      const auto& server = *rows[index].server;
      if (!server.positive() || server.bots < kSeveralBots) continue;
      ++ranking.recall_of_several[at].all;
      ranking.recall_of_several[at].found += scores[index] >= point.threshold ? 1U : 0U;
    }
  }
  return ranking;
}

std::vector<double> scores_of(const std::vector<Row>& rows, Baseline baseline) {
  std::vector<double> scores;
  for (const auto& row : rows)
    scores.push_back(
        row.server->seen
            ? static_cast<double>(row.server->baselines[static_cast<std::size_t>(baseline)])
            : kUnseen);
  return scores;
}

/// Everything of one fold at one sampling.
class Measuring {
 public:
  Measuring(const std::vector<Row>& rows, const std::vector<double>& ratios, double prevalence)
      : rows_(rows), ratios_(ratios), prevalence_(prevalence) {}

  Cell measured() {
    cell_.seed = rows_.front().day->seed;
    cell_.sampling = rows_.front().day->sampling;
    cell_.model = ranking_of(rows_, ratios_);
    for (std::size_t at = 0; at < kBaselines; ++at)
      cell_.baselines[at] = ranking_of(rows_, scores_of(rows_, static_cast<Baseline>(at)));
    break_down();
    tiers();
    calibration();
    lists();
    curve();
    return std::move(cell_);
  }

 private:
  void break_down() {
    std::vector<Scored> scored;
    for (std::size_t index = 0; index < rows_.size(); ++index)
      scored.push_back({ratios_[index], rows_[index].server->positive()});
    const auto point = at_false_positive_rate(scored, kFalsePositiveRates[0]);
    for (std::size_t index = 0; index < rows_.size(); ++index) {
      const auto& row = rows_[index];
      const bool listed = ratios_[index] >= point.threshold;
      if (!row.server->positive()) {
        if (!listed) continue;
        const auto& kind = row.day->texts[row.server->kind];
        ++cell_.wrong_kinds[kind.empty() ? std::string(to_string(row.server->role)) : kind];
        continue;
      }
      cell_.unseen += row.server->seen ? 0U : 1U;
      const Fraction one{listed ? 1U : 0U, 1};
      cell_.by_family[row.day->family_of(*row.server)].add(one);
      for (std::size_t size = kBotSizes.size(); size-- > 0;)
        if (row.server->bots >= kBotSizes[size]) {
          cell_.by_bots[size].add(one);
          break;
        }
    }
  }

  void tiers() {
    for (std::size_t index = 0; index < rows_.size(); ++index) {
      const auto& server = *rows_[index].server;
      const auto add = [&](double prior, Tiers& tiers) {
        const auto tier = server.seen ? tier_of(server, ratios_[index], prior) : Tier::kC;
        const std::uint64_t right = server.positive() ? 1 : 0;
        if (tier == Tier::kA) tiers.a.add({right, 1});
        if (tier != Tier::kC) tiers.ab.add({right, 1});
        if (server.positive()) tiers.recall.add({tier != Tier::kC ? 1U : 0U, 1});
      };
      add(kPriorProbability, cell_.tiers);
      add(prevalence_, cell_.tiers_as_tested);
    }
  }

  void calibration() {
    constexpr std::size_t kBins = 15;
    constexpr double kSuspect = 0.01;
    std::vector<Scored> said, suspects;
    for (std::size_t index = 0; index < rows_.size(); ++index) {
      if (!rows_[index].server->seen) continue;
      const Scored one{logistic(logit(prevalence_) + ratios_[index]),
                       rows_[index].server->positive()};
      said.push_back(one);
      if (one.score >= kSuspect) suspects.push_back(one);
    }
    cell_.calibrated = said.size();
    cell_.suspects = suspects.size();
    cell_.calibration_error = calibration_error(said, kBins) * static_cast<double>(said.size());
    cell_.suspect_calibration_error =
        calibration_error(suspects, kBins) * static_cast<double>(suspects.size());
  }

  /// What an analyst gets of each network and day: the first so many.
  void lists() {
    using Day = std::tuple<std::string, std::uint64_t>;
    std::map<Day, std::vector<std::size_t>> days;
    for (std::size_t index = 0; index < rows_.size(); ++index)
      days[{rows_[index].day->network, rows_[index].day->begin}].push_back(index);
    for (auto& [day, indices] : days) {
      std::ranges::stable_sort(indices, std::ranges::greater{},
                               [&](std::size_t index) { return ratios_[index]; });
      std::uint64_t positives = 0;
      for (const auto index : indices) positives += rows_[index].server->positive() ? 1U : 0U;
      for (std::size_t at = 0; at < kListLengths.size(); ++at) {
        const auto length = std::min(kListLengths[at], indices.size());
        std::uint64_t found = 0;
        for (std::size_t place = 0; place < length; ++place)
          found += rows_[indices[place]].server->positive() && rows_[indices[place]].server->seen
                       ? 1U
                       : 0U;
        cell_.list[at].add({found, length});
        cell_.list_recall[at].add({found, positives});
      }
    }
  }

  void curve() {
    std::vector<std::pair<double, bool>> ranked;
    double positives = 0;
    for (std::size_t index = 0; index < rows_.size(); ++index) {
      const bool positive = rows_[index].server->positive();
      positives += positive ? 1 : 0;
      if (rows_[index].server->seen) ranked.emplace_back(ratios_[index], positive);
    }
    std::ranges::stable_sort(ranked, std::ranges::greater{}, &std::pair<double, bool>::first);
    // The best precision at that recall or more.
    std::array<double, Cell::kCurve + 1> best{};
    double found = 0, listed = 0;
    for (const auto& [score, positive] : ranked) {
      ++listed;
      found += positive ? 1 : 0;
      const auto step =
          static_cast<std::size_t>(found / std::max(positives, 1.0) * Cell::kCurve + 1e-9);
      best[step] = std::max(best[step], found / listed);
    }
    for (auto step = Cell::kCurve; step-- > 0;) best[step] = std::max(best[step], best[step + 1]);
    cell_.curve = best;
  }

  const std::vector<Row>& rows_;
  const std::vector<double>& ratios_;
  double prevalence_;
  Cell cell_;
};

struct Slice {
  std::vector<Row> rows;
  std::vector<double> ratios;
};

std::map<std::uint32_t, Slice> sliced(const std::vector<Row>& rows,
                                      const std::vector<double>& ratios) {
  std::map<std::uint32_t, Slice> slices;
  for (std::size_t index = 0; index < rows.size(); ++index) {
    auto& slice = slices[rows[index].day->sampling];
    slice.rows.push_back(rows[index]);
    slice.ratios.push_back(ratios[index]);
  }
  std::erase_if(slices, [](const auto& slice) {
    return std::ranges::none_of(slice.second.rows,
                                [](const Row& row) { return row.server->positive(); });
  });
  return slices;
}

void take(const std::vector<Row>& rows, const std::vector<double>& ratios, double prevalence,
          Evaluation& evaluation) {
  for (const auto& [sampling, slice] : sliced(rows, ratios)) {
    auto cell = Measuring(slice.rows, slice.ratios, prevalence).measured();
    const auto [place, is_new] =
        evaluation.cells.try_emplace({sampling, cell.seed}, std::move(cell));
    if (!is_new) place->second.add(cell);
  }
}

Status ablate(const Fold& fold, const TrainingOrder& training, Evaluation& evaluation) {
  const auto run = [&](const std::string& name, const TrainingOrder& order) -> Status {
    const auto learnt = TRY(learnt_from(fold.training, fold.calibration, order, name));
    ++evaluation.trainings;
    const auto ratios = TRY(log_ratios_of(learnt.model, fold.test, order.dropped));
    for (const auto& [sampling, slice] : sliced(fold.test, ratios))
      evaluation.ablations[name][sampling].add(ranking_of(slice.rows, slice.ratios));
    return {};
  };
  TRY(run("nothing", training));
  for (const auto& group : feature_groups()) {
    auto order = training;
    order.dropped.insert(order.dropped.end(), group.features.begin(), group.features.end());
    TRY(run(std::string(group.name), order));
  }
  auto order = training;
  order.shuffled = true;
  return run("shuffled", order);
}

void try_features_alone(const ExampleSet& examples, Evaluation& evaluation) {
  std::map<std::uint32_t, std::vector<Row>> by_rate;
  for (const auto& row : rows_of(examples))
    if (row.server->seen) by_rate[row.day->sampling].push_back(row);
  for (const auto& [sampling, rows] : by_rate)
    for (const auto& text : server_feature_texts()) {
      std::vector<Scored> scored;
      for (const auto& row : rows) {
        const float value = row.server->features[static_cast<std::size_t>(text.feature)];
        scored.push_back(
            {std::isnan(value) ? -1e9 : static_cast<double>(value), row.server->positive()});
      }
      const double area = roc_area(scored);
      evaluation.alone[std::string(text.name)][sampling] = std::max(area, 1 - area);
    }
}

}  // namespace

void Ranking::add(const Ranking& other) {
  average_precision += other.average_precision;
  roc_area += other.roc_area;
  folds += other.folds;
  for (std::size_t at = 0; at < recall.size(); ++at) {
    recall[at].add(other.recall[at]);
    recall_of_several[at].add(other.recall_of_several[at]);
    false_positives[at].add(other.false_positives[at]);
  }
}

void Tiers::add(const Tiers& other) {
  a.add(other.a);
  ab.add(other.ab);
  recall.add(other.recall);
}

void Cell::add(const Cell& other) {
  unseen += other.unseen;
  model.add(other.model);
  for (std::size_t at = 0; at < kBaselines; ++at) baselines[at].add(other.baselines[at]);
  for (std::size_t at = 0; at < by_bots.size(); ++at) by_bots[at].add(other.by_bots[at]);
  for (const auto& [family, tally] : other.by_family) by_family[family].add(tally);
  for (const auto& [kind, count] : other.wrong_kinds) wrong_kinds[kind] += count;
  tiers.add(other.tiers);
  tiers_as_tested.add(other.tiers_as_tested);
  calibration_error += other.calibration_error;
  suspect_calibration_error += other.suspect_calibration_error;
  calibrated += other.calibrated;
  suspects += other.suspects;
  for (std::size_t at = 0; at < list.size(); ++at) {
    list[at].add(other.list[at]);
    list_recall[at].add(other.list_recall[at]);
  }
  for (std::size_t at = 0; at < curve.size(); ++at) curve[at] += other.curve[at];
}

Result<Evaluation> evaluate(const ExampleSet& examples, const EvaluationOrder& order) {
  Evaluation evaluation{.protocol = std::string(to_string(order.protocol))};
  std::set<std::uint64_t> seeds;
  std::set<std::string> left_out;
  TRY(for_each_fold(examples, order.protocol, [&](Fold&& fold, double share) -> Status {
    const auto learnt =
        TRY(learnt_from(fold.training, fold.calibration, order.training, fold.left_out));
    ++evaluation.trainings;
    seeds.insert(fold.seed);
    left_out.insert(fold.left_out);
    take(fold.test, TRY(log_ratios_of(learnt.model, fold.test, order.training.dropped)),
         learnt.model.description().prevalence, evaluation);
    if (order.ablations) TRY(ablate(fold, order.training, evaluation));
    if (order.on_progress) order.on_progress(share);
    return {};
  }));
  evaluation.seeds.assign(seeds.begin(), seeds.end());
  evaluation.left_out.assign(left_out.begin(), left_out.end());
  try_features_alone(examples, evaluation);
  return evaluation;
}

Result<Evaluation> evaluate_given(const ServerModel& model, const ExampleSet& examples) {
  Evaluation evaluation{.protocol = "given"};
  std::map<std::uint64_t, std::vector<Row>> by_seed;
  for (const auto& row : rows_of(examples)) by_seed[row.day->seed].push_back(row);
  for (const auto& [seed, rows] : by_seed) {
    evaluation.seeds.push_back(seed);
    take(rows, TRY(log_ratios_of(model, rows)), model.description().prevalence, evaluation);
  }
  if (evaluation.cells.empty())
    return failure(ErrorCode::kInvalidArgument, "the examples hold no C&C server to be found");
  evaluation.left_out = {model.description().name};
  try_features_alone(examples, evaluation);
  return evaluation;
}

std::map<std::uint32_t, Cell> by_sampling(const Evaluation& evaluation) {
  std::map<std::uint32_t, Cell> sums;
  for (const auto& [key, cell] : evaluation.cells) {
    const auto [place, is_new] = sums.try_emplace(key.first, cell);
    if (!is_new) place->second.add(cell);
  }
  return sums;
}

}  // namespace noroshi
