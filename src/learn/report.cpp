#include "learn/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

std::string introduction(const Evaluation& evaluation, const ReportHead& head) {
  return fmt::format(
      "Protocol {}: left out {}; seeds {}; {} trainings. {} days of networks ({}; each view "
      "counted): "
      "{} rows of C&C servers, {} of innocent ones, {} of them hard; one C&C server in {:.0f}. The "
      "seed tested is never one learnt from, nor calibrated on.",
      evaluation.protocol, fmt::join(evaluation.left_out, ", "), fmt::join(evaluation.seeds, ", "),
      evaluation.trainings, head.days, fmt::join(head.networks, ", "), head.commands, head.innocent,
      head.hard,
      head.commands == 0 ? 0
                         : static_cast<double>(head.commands + head.innocent) /
                               static_cast<double>(head.commands));
}

Json as_json(const Fraction& tally) { return {{"found", tally.found}, {"all", tally.all}}; }

Json as_json(const Ranking& ranking) {
  const auto folds = static_cast<double>(ranking.folds == 0 ? 1 : ranking.folds);
  Json json{{"average_precision", ranking.average_precision / folds},
            {"roc_area", ranking.roc_area / folds}};
  for (std::size_t at = 0; at < kFalsePositiveRates.size(); ++at)
    json["at_false_positive_rate"].push_back(
        {{"rate", kFalsePositiveRates[at]},
         {"recall", as_json(ranking.recall[at])},
         {"recall_of_5_bots", as_json(ranking.recall_of_several[at])},
         {"false_positives", as_json(ranking.false_positives[at])}});
  return json;
}

Json as_json(const Tiers& tiers) {
  return {{"a", as_json(tiers.a)}, {"ab", as_json(tiers.ab)}, {"recall", as_json(tiers.recall)}};
}

Json as_json(const Cell& cell) {
  Json json{
      {"seed", cell.seed},
      {"sampling", cell.sampling},
      {"unseen", cell.unseen},
      {"model", as_json(cell.model)},
      {"tiers", as_json(cell.tiers)},
      {"tiers_as_tested", as_json(cell.tiers_as_tested)},
      {"calibration_error",
       cell.calibration_error / static_cast<double>(std::max<std::uint64_t>(1, cell.calibrated))},
      {"calibration_error_of_suspects",
       cell.suspect_calibration_error /
           static_cast<double>(std::max<std::uint64_t>(1, cell.suspects))},
      {"suspects", cell.suspects}};
  for (std::size_t at = 0; at < kBaselines; ++at)
    json["baselines"][std::string(to_string(static_cast<Baseline>(at)))] =
        as_json(cell.baselines[at]);
  for (const auto& [family, tally] : cell.by_family) json["by_family"][family] = as_json(tally);
  for (std::size_t at = 0; at < kBotSizes.size(); ++at)
    json["by_bots"][fmt::format("{}", kBotSizes[at])] = as_json(cell.by_bots[at]);
  for (std::size_t at = 0; at < kListLengths.size(); ++at)
    json["lists"].push_back({{"k", kListLengths[at]},
                             {"precision", as_json(cell.list[at])},
                             {"recall", as_json(cell.list_recall[at])}});
  return json;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char one : text) {
    if (one == '<')
      result += "&lt;";
    else if (one == '>')
      result += "&gt;";
    else if (one == '&')
      result += "&amp;";
    else
      result += one;
  }
  return result;
}

struct Line {
  std::string name;
  std::vector<std::pair<double, double>> points;  ///< 0 to 1 in both
};

constexpr std::array<const char*, 6> kColours{"#1b6ca8", "#d1495b", "#2e933c",
                                              "#8e5ea2", "#e08e0b", "#444444"};

/// Lines over a square from 0 to 1.
std::string plot(const std::string& title, const std::string& across, const std::string& up,
                 const std::vector<Line>& lines) {
  constexpr double kLeft = 52, kTop = 30, kSide = 300;
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 520 390\" width=\"520\" "
      "role=\"img\" aria-label=\"{0}\"><title>{0}</title>"
      "<text x=\"52\" y=\"18\" font-weight=\"bold\">{0}</text>",
      escaped(title));
  for (int tick = 0; tick <= 5; ++tick) {
    const double share = tick / 5.0;
    const double x = kLeft + share * kSide, y = kTop + (1 - share) * kSide;
    svg += fmt::format(
        "<path d=\"M{0:.1f} {2:.1f}V{3:.1f}M{9:.1f} {1:.1f}H{4:.1f}\" stroke=\"#ddd\" "
        "fill=\"none\"/>"
        "<text x=\"{0:.1f}\" y=\"{5:.1f}\" text-anchor=\"middle\">{6:.1f}</text>"
        "<text x=\"{7:.1f}\" y=\"{8:.1f}\" text-anchor=\"end\">{6:.1f}</text>",
        x, y, kTop, kTop + kSide, kLeft + kSide, kTop + kSide + 16, share, kLeft - 6, y + 4, kLeft);
  }
  svg += fmt::format(
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#888\"/>", kLeft,
      kTop, kSide, kSide);
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const auto* colour = kColours[index % kColours.size()];
    std::string path;
    for (const auto& [x, y] : lines[index].points)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", kLeft + x * kSide,
                          kTop + (1 - y) * kSide);
    svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>", path,
                       colour);
    svg += fmt::format("<text x=\"365\" y=\"{}\" fill=\"{}\">{}</text>", 48 + 18 * index, colour,
                       escaped(lines[index].name));
  }
  svg += fmt::format(
      "<text x=\"202\" y=\"368\" text-anchor=\"middle\">{}</text>"
      "<text x=\"14\" y=\"180\" text-anchor=\"middle\" transform=\"rotate(-90 14 180)\">{}</text>"
      "</svg>",
      escaped(across), escaped(up));
  return svg;
}

std::string curves(const Evaluation& evaluation) {
  std::vector<Line> lines;
  for (const auto& [sampling, cell] : by_sampling(evaluation)) {
    Line line{fmt::format("1:{}", sampling), {}};
    for (std::size_t step = 1; step <= Cell::kCurve; ++step)
      line.points.emplace_back(static_cast<double>(step) / Cell::kCurve,
                               cell.curve[step] / static_cast<double>(cell.model.folds));
    lines.push_back(std::move(line));
  }
  return plot("Precision over recall, mean over folds", "recall", "precision", lines);
}

/// Recall at FPR 1e-3 over log10 of the sampling rate, 1:1 to 1:10,000.
std::string recalls(const Evaluation& evaluation) {
  const auto line_of = [&](const std::string& name, auto&& ranking_of) {
    Line line{name, {}};
    for (const auto& [sampling, cell] : by_sampling(evaluation))
      line.points.emplace_back(std::log10(std::max(sampling, 1U)) / 4,
                               ranking_of(cell).recall[0].share());
    return line;
  };
  std::vector<Line> lines{line_of("model", [](const Cell& cell) { return cell.model; })};
  for (const auto baseline : {Baseline::kRules, Baseline::kRita, Baseline::kSlips,
                              Baseline::kScanners, Baseline::kSynRatio})
    lines.push_back(line_of(std::string(to_string(baseline)), [&](const Cell& cell) {
      return cell.baselines[static_cast<std::size_t>(baseline)];
    }));
  return plot("Recall at FPR 1e-3 by sampling", "log10 of N in 1:N, a quarter each", "recall",
              lines);
}

}  // namespace

std::string report_markdown(const Evaluation& evaluation, const ReportHead& head) {
  std::string text = fmt::format("# The learning judge, measured: {}\n\n{}\n\n    {}\n\n",
                                 evaluation.protocol, introduction(evaluation, head), head.command);
  for (const auto& file : head.examples) text += fmt::format("- {}\n", file);
  for (const auto& table : report_tables(evaluation)) {
    text += fmt::format("\n## {}\n\n{}\n\n| {} |\n|", table.title, table.note,
                        fmt::join(table.columns, " | "));
    for (std::size_t column = 0; column < table.columns.size(); ++column) text += "---|";
    text += "\n";
    for (const auto& row : table.rows) text += fmt::format("| {} |\n", fmt::join(row, " | "));
  }
  return text;
}

std::string report_json(const Evaluation& evaluation, const ReportHead& head) {
  Json json{{"protocol", evaluation.protocol}, {"left_out", evaluation.left_out},
            {"seeds", evaluation.seeds},       {"trainings", evaluation.trainings},
            {"command", head.command},         {"examples", head.examples},
            {"networks", head.networks},       {"days", head.days},
            {"command_rows", head.commands},   {"innocent_rows", head.innocent},
            {"hard_rows", head.hard},          {"cells", Json::array()}};
  for (const auto& [key, cell] : evaluation.cells) json["cells"].push_back(as_json(cell));
  for (const auto& [sampling, cell] : by_sampling(evaluation)) {
    Json curve;
    for (const double point : cell.curve)
      curve.push_back(point / static_cast<double>(cell.model.folds));
    json["precision_at_recall"][fmt::format("{}", sampling)] = curve;
  }
  for (const auto& [name, rates] : evaluation.ablations)
    for (const auto& [sampling, ranking] : rates)
      json["without"][name][fmt::format("{}", sampling)] = as_json(ranking);
  for (const auto& [name, areas] : evaluation.alone)
    for (const auto& [sampling, area] : areas)
      json["alone"][name][fmt::format("{}", sampling)] = area;
  return json.dump(1) + "\n";
}

std::string report_html(const Evaluation& evaluation, const ReportHead& head) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title><style>"
      "body{{font:15px/1.5 sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}}"
      "table{{border-collapse:collapse;margin:.5rem 0}}td,th{{border:1px solid #ccc;padding:.2rem "
      ".5rem;text-align:left;font-size:13px}}svg{{font:11px sans-serif}}pre{{background:#f4f4f4;"
      "padding:.5rem;overflow:auto}}</style></head><body><h1>{0}</h1><p>{1}</p><pre>{2}</pre>",
      escaped("The learning judge, measured: " + evaluation.protocol),
      escaped(introduction(evaluation, head)), escaped(head.command));
  html += curves(evaluation) + recalls(evaluation);
  for (const auto& table : report_tables(evaluation)) {
    html +=
        fmt::format("<h2>{}</h2><p>{}</p><table><tr>", escaped(table.title), escaped(table.note));
    for (const auto& column : table.columns) html += "<th>" + escaped(column) + "</th>";
    html += "</tr>";
    for (const auto& row : table.rows) {
      html += "<tr>";
      for (const auto& value : row) html += "<td>" + escaped(value) + "</td>";
      html += "</tr>";
    }
    html += "</table>\n";
  }
  html += "<h2>Examples</h2><ul>";
  for (const auto& file : head.examples) html += "<li>" + escaped(file) + "</li>";
  return html + "</ul></body></html>\n";
}

}  // namespace noroshi
