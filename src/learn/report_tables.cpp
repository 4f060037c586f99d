#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "judge/social/enrichment.h"
#include "learn/report.h"

namespace noroshi {
namespace {

std::string percent(const Fraction& tally) {
  return tally.all == 0
             ? "–"
             : fmt::format("{:.1f} % ({}/{})", 100 * tally.share(), tally.found, tally.all);
}

std::string rate(std::uint32_t sampling) { return fmt::format("1:{}", sampling); }

double mean(double sum, std::uint64_t of) { return of == 0 ? 0 : sum / static_cast<double>(of); }

/// Two-sided 95 %.
std::string with_bounds(const Fraction& tally) {
  constexpr double kTwoSided95 = 1.96;
  if (tally.all == 0) return "–";
  return fmt::format("{:.1f} % ({}/{}; 95 %: {:.1f}–{:.1f})", 100 * tally.share(), tally.found,
                     tally.all, 100 * wilson_low(tally.found, tally.all, kTwoSided95),
                     100 * wilson_high(tally.found, tally.all, kTwoSided95));
}

ReportTable recall_table(const Evaluation& evaluation) {
  ReportTable table{"Recall at fixed false positive rates, seed by seed",
                    "Of all C&C servers called that day, those that the view does not show counted "
                    "as missed. At 1e-5 the bound allows no false positive unless a test has "
                    "100,000 innocent servers. The last column: servers with five or more bots.",
                    {"sampling", "seed", "C&C (unseen)", "innocent", "PR area", "ROC area",
                     "FPR 1e-3", "FPR 1e-4", "FPR 1e-5", "FPR 1e-3, ≥ 5 bots"},
                    {}};
  const auto add = [&](const std::string& seed, const Cell& cell) {
    const auto& model = cell.model;
    table.rows.push_back(
        {rate(cell.sampling), seed, fmt::format("{} ({})", model.recall[0].all, cell.unseen),
         fmt::format("{}", model.false_positives[0].all),
         fmt::format("{:.3f}", mean(model.average_precision, model.folds)),
         fmt::format("{:.4f}", mean(model.roc_area, model.folds)), percent(model.recall[0]),
         percent(model.recall[1]), percent(model.recall[2]), percent(model.recall_of_several[0])});
  };
  const auto sums = by_sampling(evaluation);
  for (const auto& [sampling, sum] : sums) {
    for (const auto& [key, cell] : evaluation.cells)
      if (key.first == sampling) add(fmt::format("{}", key.second), cell);
    add("all", sum);
  }
  return table;
}

ReportTable baseline_table(const Evaluation& evaluation) {
  ReportTable table{"Beside others",
                    "Mean area under precision over recall; recall at FPR 1e-3 of all C&C servers "
                    "and of those with five or more bots. No feed was asked where all of `feed` "
                    "are 0.",
                    {"sampling", "judge", "PR area", "FPR 1e-3", "FPR 1e-3, ≥ 5 bots"},
                    {}};
  for (const auto& [sampling, cell] : by_sampling(evaluation)) {
    const auto add = [&, rate_of_sampling = rate(sampling)](const std::string& name,
                                                            const Ranking& ranking) {
      table.rows.push_back({rate_of_sampling, name,
                            fmt::format("{:.3f}", mean(ranking.average_precision, ranking.folds)),
                            percent(ranking.recall[0]), percent(ranking.recall_of_several[0])});
    };
    add("model", cell.model);
    for (std::size_t at = 0; at < kBaselines; ++at)
      add(std::string(to_string(static_cast<Baseline>(at))), cell.baselines[at]);
  }
  return table;
}

ReportTable tier_table(const Evaluation& evaluation) {
  ReportTable table{
      "Tiers and calibration",
      "Tiers as the judge gives them with the model, at its own prior (1 in 1,000) and at the "
      "share "
      "of C&C servers among those calibrated on. Calibration error over 15 bins of equal size, of "
      "all servers and of those said to be above 1 %. Where families are left out, each innocent "
      "server is tested once for each of them.",
      {"sampling", "prior", "precision of A", "precision of A+B", "recall of A+B",
       "calibration error", "of suspects"},
      {}};
  const auto add = [&](const std::string& name, const Cell& cell) {
    for (const auto* tiers : {&cell.tiers, &cell.tiers_as_tested})
      table.rows.push_back(
          {name, tiers == &cell.tiers ? "0.001" : "as tested", with_bounds(tiers->a),
           with_bounds(tiers->ab), percent(tiers->recall),
           fmt::format("{:.4f}", mean(cell.calibration_error, cell.calibrated)),
           fmt::format("{:.3f}", mean(cell.suspect_calibration_error, cell.suspects))});
  };
  Cell all;
  for (const auto& [sampling, cell] : by_sampling(evaluation)) {
    add(rate(sampling), cell);
    all.add(cell);
  }
  add("all", all);
  return table;
}

ReportTable prevalence_table(const Evaluation& evaluation) {
  ReportTable table{
      "Precision at other prevalences",
      "What the recall and the false positive rate measured above would mean where C&C "
      "servers are rarer.",
      {"sampling", "threshold at", "recall", "FPR measured", "as tested", "1 in 1,000",
       "1 in 10,000", "1 in 100,000"},
      {}};
  for (const auto& [sampling, cell] : by_sampling(evaluation))
    for (std::size_t at = 0; at < 2; ++at) {
      const double recall = cell.model.recall[at].share();
      const double wrong = cell.model.false_positives[at].share();
      const auto precision = [&](double prevalence) {
        const double right = prevalence * recall;
        const double sum = right + (1 - prevalence) * wrong;
        return sum == 0 ? std::string("–") : fmt::format("{:.1f} %", 100 * right / sum);
      };
      const auto positives = static_cast<double>(cell.model.recall[at].all);
      const auto negatives = static_cast<double>(cell.model.false_positives[at].all);
      table.rows.push_back({rate(sampling), fmt::format("FPR {:.0e}", kFalsePositiveRates[at]),
                            fmt::format("{:.1f} %", 100 * recall), fmt::format("{:.2e}", wrong),
                            precision(positives / (positives + negatives)), precision(1e-3),
                            precision(1e-4), precision(1e-5)});
    }
  return table;
}

ReportTable list_table(const Evaluation& evaluation) {
  ReportTable table{"The list of a day",
                    "The first so many of each network and day: precision at k with Wilson's 95 % "
                    "interval, and the share of that day's C&C servers among them.",
                    {"sampling", "k", "precision at k", "recall"},
                    {}};
  for (const auto& [sampling, cell] : by_sampling(evaluation))
    for (std::size_t at = 0; at < kListLengths.size(); ++at)
      table.rows.push_back({rate(sampling), fmt::format("{}", kListLengths[at]),
                            with_bounds(cell.list[at]), percent(cell.list_recall[at])});
  return table;
}

ReportTable family_table(const Evaluation& evaluation) {
  ReportTable table{
      "By family, and by the number of bots", "Recall at FPR 1e-3.", {"sampling"}, {}};
  const auto sums = by_sampling(evaluation);
  std::set<std::string> families;
  for (const auto& [sampling, cell] : sums)
    for (const auto& [family, tally] : cell.by_family) families.insert(family);
  table.columns.insert(table.columns.end(), families.begin(), families.end());
  for (const char* size : {"1 bot", "2–4", "5–9", "≥ 10"}) table.columns.emplace_back(size);
  for (const auto& [sampling, cell] : sums) {
    std::vector<std::string> row{rate(sampling)};
    for (const auto& family : families) {
      const auto found = cell.by_family.find(family);
      row.push_back(found == cell.by_family.end() ? "–" : percent(found->second));
    }
    for (const auto& tally : cell.by_bots) row.push_back(percent(tally));
    table.rows.push_back(std::move(row));
  }
  return table;
}

ReportTable wrong_table(const Evaluation& evaluation) {
  ReportTable table{"Who was suspected wrongly",
                    "Above the threshold at FPR 1e-3, by habit.",
                    {"sampling", "innocent servers"},
                    {}};
  for (const auto& [sampling, cell] : by_sampling(evaluation)) {
    std::vector<std::pair<std::uint64_t, std::string>> kinds;
    for (const auto& [kind, count] : cell.wrong_kinds) kinds.emplace_back(count, kind);
    std::ranges::sort(kinds, std::ranges::greater{});
    std::string text;
    for (const auto& [count, kind] : kinds)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kind, count);
    table.rows.push_back({rate(sampling), text.empty() ? "none" : text});
  }
  return table;
}

ReportTable ablation_table(const Evaluation& evaluation) {
  ReportTable table{
      "What happens without",
      "Trained and tested anew with a group of features missing; `social` is the graph "
      "of who calls whom. `shuffled`: labels dealt out anew, which must leave chance (a "
      "ROC area of 0.5).",
      {"without", "sampling", "PR area", "ROC area", "FPR 1e-3"},
      {}};
  for (const auto& [name, rates] : evaluation.ablations)
    for (const auto& [sampling, ranking] : rates)
      table.rows.push_back({name, rate(sampling),
                            fmt::format("{:.3f}", mean(ranking.average_precision, ranking.folds)),
                            fmt::format("{:.3f}", mean(ranking.roc_area, ranking.folds)),
                            percent(ranking.recall[0])});
  return table;
}

ReportTable alone_table(const Evaluation& evaluation) {
  ReportTable table{
      "Each feature alone",
      "ROC area of a feature by itself, in the better direction, over servers that are "
      "seen. One near 1 would be a leak of the simulation.",
      {"feature"},
      {}};
  std::set<std::uint32_t> rates;
  for (const auto& [name, areas] : evaluation.alone)
    for (const auto& [sampling, area] : areas) rates.insert(sampling);
  for (const auto sampling : rates) table.columns.push_back(rate(sampling));
  for (const auto& [name, areas] : evaluation.alone) {
    std::vector<std::string> row{name};
    for (const auto sampling : rates) {
      const auto found = areas.find(sampling);
      row.push_back(found == areas.end() ? "–" : fmt::format("{:.3f}", found->second));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

std::vector<ReportTable> report_tables(const Evaluation& evaluation) {
  std::vector<ReportTable> tables{recall_table(evaluation), baseline_table(evaluation),
                                  tier_table(evaluation),   prevalence_table(evaluation),
                                  list_table(evaluation),   family_table(evaluation),
                                  wrong_table(evaluation)};
  if (!evaluation.ablations.empty()) tables.push_back(ablation_table(evaluation));
  tables.push_back(alone_table(evaluation));
  return tables;
}

ReportHead head_of(const ExampleSet& examples) {
  ReportHead head;
  std::set<std::string> networks;
  head.days = examples.days.size();
  for (const auto& day : examples.days) {
    networks.insert(day.network);
    for (const auto& server : day.servers) {
      head.commands += server.positive() ? 1U : 0U;
      head.innocent += server.negative() ? 1U : 0U;
      head.hard += server.role == ServerRole::kService ? 1U : 0U;
    }
  }
  head.networks.assign(networks.begin(), networks.end());
  return head;
}

}  // namespace noroshi
