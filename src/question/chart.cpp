#include "question/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/time.h"
#include "question/answer_text.h"

namespace noroshi {
namespace {

constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kMostQuietSteps = 500;

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
std::map<std::uint64_t, double> steps_of(const Chart& chart) {
  std::map<std::uint64_t, double> steps;
  for (const auto& point : chart.points) steps[point.time] += point.measure;
  if (steps.empty()) return steps;
  auto begin = steps.begin();
  if (begin->first == 0 && steps.size() > 1) ++begin;  // flows that state no time
  const auto from = begin->first;
  const auto to = steps.rbegin()->first;
  if ((to - from) / chart.step <= steps.size() + kMostQuietSteps)
    for (auto time = from; time < to; time += chart.step) steps.try_emplace(time, 0);
  return steps;
}

std::string bars(const Chart& chart, std::size_t width) {
  const auto steps = steps_of(chart);
  double most = 0;
  std::size_t label = 0;
  std::size_t number = 0;
  for (const auto& [time, value] : steps) {
    most = std::max(most, value);
    label = std::max(label, columns_of(step_text(time, chart.step)));
    number = std::max(number, columns_of(readable(value)));
  }
  const auto used = label + number + 4;
  const auto columns = width > used + 8 ? width - used : 8;
  std::string text;
  for (const auto& [time, value] : steps) {
    text += fmt::format("{:<{}}  {:>{}}  {}", step_text(time, chart.step), label, readable(value),
                        number, bar(share_of(value, most), columns));
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

std::string lines(const Chart& chart, std::size_t width) {
  const auto steps = steps_of(chart);
  std::map<std::uint64_t, std::size_t> place;
  for (const auto& [time, value] : steps) place.emplace(time, place.size());

  std::vector<Line> lines;
  std::map<std::string, std::size_t> line_of;
  for (const auto& point : chart.points) {
    const auto [found, is_new] = line_of.emplace(point.value, lines.size());
    if (is_new) lines.push_back({point.value, std::vector<double>(steps.size()), 0});
    auto& line = lines[found->second];
    line.levels[place.at(point.time)] += point.measure;
    line.sum += point.measure;
  }
  std::ranges::stable_sort(lines, [](const Line& a, const Line& b) {
    return std::pair(a.value != kOtherValues, a.sum) > std::pair(b.value != kOtherValues, b.sum);
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
                        step_text(steps.begin()->first, chart.step),
                        step_text(steps.rbegin()->first, chart.step),
                        readable_duration(chart.step * steps_per_column));
  return text;
}

}  // namespace

double chart_measure(const Tally& tally, Order order, std::uint64_t step) {
  const auto seconds = static_cast<double>(step) / 1000;
  if (order == Order::kPacketsPerSecond) return static_cast<double>(tally.packets) / seconds;
  if (order == Order::kBitsPerSecond) return static_cast<double>(tally.bytes) * 8 / seconds;
  return static_cast<double>(rank_of(tally, order));
}

std::string draw(const Chart& chart, std::size_t width) {
  width = std::max(width, kLeastWidth);
  return chart.split ? lines(chart, width) : bars(chart, width);
}

}  // namespace noroshi
