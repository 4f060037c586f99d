#include "question/render_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "question/answer_text.h"
#include "question/json_text.h"

namespace noroshi {
namespace {

constexpr std::string_view kOther = "other";
constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kMostQuietSteps = 500;

std::uint64_t time_of(const AnswerRow& row) { return std::get<std::uint64_t>(row.key.front()); }

std::string value_of(const SeriesQuestion& question, const AnswerRow& row) {
  return row.key.size() < 2 ? std::string(kOther) : to_string(*question.split, row.key[1]);
}

/// What is charted: rates are over the step, not over the flows in it.
double measure_of(const SeriesQuestion& question, const Tally& tally) {
  const auto seconds = static_cast<double>(question.step) / 1000;
  if (question.order == Order::kPacketsPerSecond)
    return static_cast<double>(tally.packets) / seconds;
  if (question.order == Order::kBitsPerSecond)
    return static_cast<double>(tally.bytes) * 8 / seconds;
  return static_cast<double>(rank_of(tally, question.order));
}

/// "2026-11-22 07:35", with seconds where steps are shorter than a minute.
std::string step_text(std::uint64_t time, std::uint64_t step) {
  if (time == 0) return "time not known";
  auto text = readable_moment(time);
  text.resize(step % 60'000 == 0 ? 16 : step % 1000 == 0 ? 19 : text.size());
  return text;
}

/// A bar of up to `columns`, in eighths of a column.
std::string bar(double share, std::size_t columns) {
  constexpr std::array<const char*, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(share * static_cast<double>(columns) * 8 + 0.5);
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

const char* level(double share) {
  constexpr std::array<const char*, 8> kLevels{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (share <= 0) return " ";
  const auto at = static_cast<std::size_t>(share * 8);
  return kLevels[std::min<std::size_t>(at, 7)];
}

double share_of(double value, double most) { return most > 0 ? value / most : 0; }

/// The measure of each step, from the first to the last; quiet ones are 0 where not too many.
std::map<std::uint64_t, double> steps_of(const SeriesQuestion& question, const Answer& answer) {
  std::map<std::uint64_t, double> steps;
  for (const auto& row : answer.rows) steps[time_of(row)] += measure_of(question, row.tally);
  if (steps.empty()) return steps;
  auto begin = steps.begin();
  if (begin->first == 0 && steps.size() > 1) ++begin;  // flows that state no time
  const auto from = begin->first;
  const auto to = steps.rbegin()->first;
  if ((to - from) / question.step <= steps.size() + kMostQuietSteps)
    for (auto time = from; time < to; time += question.step) steps.try_emplace(time, 0);
  return steps;
}

std::string bars(const SeriesQuestion& question, const Answer& answer, std::size_t width) {
  const auto steps = steps_of(question, answer);
  double most = 0;
  std::size_t label = 0;
  std::size_t number = 0;
  for (const auto& [time, value] : steps) {
    most = std::max(most, value);
    label = std::max(label, columns_of(step_text(time, question.step)));
    number = std::max(number, columns_of(readable(value)));
  }
  const auto used = label + number + 4;
  const auto columns = width > used + 8 ? width - used : 8;
  std::string text;
  for (const auto& [time, value] : steps) {
    text += fmt::format("{:<{}}  {:>{}}  {}", step_text(time, question.step), label,
                        readable(value), number, bar(share_of(value, most), columns));
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

struct Line {
  std::string value;
  std::vector<double> levels;
  double sum = 0;
};

std::string lines(const SeriesQuestion& question, const Answer& answer, std::size_t width) {
  const auto steps = steps_of(question, answer);
  std::map<std::uint64_t, std::size_t> place;
  for (const auto& [time, value] : steps) place.emplace(time, place.size());

  std::vector<Line> lines;
  std::map<std::string, std::size_t> line_of;
  for (const auto& row : answer.rows) {
    const auto value = value_of(question, row);
    const auto [found, is_new] = line_of.emplace(value, lines.size());
    if (is_new) lines.push_back({value, std::vector<double>(steps.size()), 0});
    auto& line = lines[found->second];
    const auto measure = measure_of(question, row.tally);
    line.levels[place.at(time_of(row))] += measure;
    line.sum += measure;
  }
  std::ranges::stable_sort(lines, [](const Line& a, const Line& b) {
    return std::pair(a.value != kOther, a.sum) > std::pair(b.value != kOther, b.sum);
  });

  std::size_t label = 0;
  std::size_t number = 4;
  for (const auto& line : lines) label = std::max(label, columns_of(line.value));
  const auto used = label + number + 4 + 6;
  const auto columns = width > used + 8 ? width - used : 8;
  const auto steps_per_column = std::max<std::size_t>(1, (steps.size() + columns - 1) / columns);
  double most = 0;
  for (auto& line : lines) {
    std::vector<double> merged((steps.size() + steps_per_column - 1) / steps_per_column);
    for (std::size_t i = 0; i < line.levels.size(); ++i)
      merged[i / steps_per_column] = std::max(merged[i / steps_per_column], line.levels[i]);
    line.levels = std::move(merged);
    for (const auto value : line.levels) most = std::max(most, value);
  }
  std::string text;
  for (const auto& line : lines) {
    text += fmt::format("{:<{}}  ", line.value, label);
    double peak = 0;
    for (const auto value : line.levels) {
      text += level(share_of(value, most));
      peak = std::max(peak, value);
    }
    text += fmt::format("  {}\n", readable(peak));
  }
  if (!steps.empty())
    text += fmt::format("from {} to {}, {} a column; each line ends with its highest step\n",
                        step_text(steps.begin()->first, question.step),
                        step_text(steps.rbegin()->first, question.step),
                        readable_duration(question.step * steps_per_column));
  return text;
}

}  // namespace

std::string series_as_chart(const SeriesQuestion& question, const Answer& answer,
                            std::size_t width) {
  width = std::max(width, kLeastWidth);
  auto text =
      fmt::format("{} every {}{}\n", name_of(question.order), readable_duration(question.step),
                  question.split ? " by " + to_string(*question.split) : std::string());
  text += question.split ? lines(question, answer, width) : bars(question, answer, width);
  const auto& total = answer.total;
  text += fmt::format("Total: {} flows, {} packets, {} bytes\n", total.flows, total.packets,
                      total.bytes);
  if (total.sampled_flows > 0) {
    text += fmt::format(
        "As exported, {} flows of it sampled: about {} ± {} packets, {} ± {} bytes (95 %)\n",
        total.sampled_flows, readable(total.estimated_packets),
        readable(error_95(total.packets_variance)), readable(total.estimated_bytes),
        readable(error_95(total.bytes_variance)));
    if (total.flows_of_unknown_sampling > 0)
      text += fmt::format("{} of {} flows state no sampling rate; they are in no estimate\n",
                          total.flows_of_unknown_sampling, total.flows);
  }
  if (answer.flows_not_grouped > 0)
    text += fmt::format("{} times a flow found no group of its own and counts as other\n",
                        answer.flows_not_grouped);
  return text;
}

std::string series_as_csv(const SeriesQuestion& question, const Answer& answer) {
  std::string text = question.split ? "time,value" : "time";
  for (const auto& field : fields_of(Tally())) {
    text += ',';
    text += field.name;
  }
  text += '\n';
  for (const auto& row : answer.rows) {
    text += to_rfc3339(from_unix_milliseconds(time_of(row)));
    if (question.split) text += ',' + value_of(question, row);
    for (const auto& field : fields_of(row.tally)) {
      text += ',';
      text += field.value;
    }
    text += '\n';
  }
  return text;
}

std::string series_as_json(const SeriesQuestion& question, const Answer& answer) {
  auto out = fmt::format("{{\"series\":{{\"step_ms\":{},", question.step);
  if (question.split)
    add_json_string(out, "split", to_string(*question.split));
  else
    out += "\"split\":null";
  out += ",\"rows\":[";
  for (const auto& row : answer.rows) {
    if (out.back() != '[') out += ',';
    out += '{';
    add_json_string(out, "time", to_rfc3339(from_unix_milliseconds(time_of(row))));
    out += ',';
    if (question.split) {
      add_json_string(out, "value", value_of(question, row));
      out += ',';
    }
    add_json_tally(out, row.tally);
    out += '}';
  }
  out += "],\"total\":{";
  add_json_tally(out, answer.total);
  out += fmt::format("}},\"groups\":{},\"flows_not_grouped\":{}}}}}\n", answer.groups,
                     answer.flows_not_grouped);
  return out;
}

}  // namespace noroshi
