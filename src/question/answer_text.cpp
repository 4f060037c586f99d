#include "question/answer_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/time.h"

namespace noroshi {
namespace {

constexpr double kStandardErrorsFor95 = 1.96;

std::string whole(double value) { return fmt::format("{:.0f}", value); }

std::string moment(std::uint64_t unix_milliseconds) {
  return unix_milliseconds == 0 ? std::string()
                                : to_rfc3339(from_unix_milliseconds(unix_milliseconds));
}

}  // namespace

double error_95(double variance) { return kStandardErrorsFor95 * std::sqrt(variance); }

std::vector<TallyField> fields_of(const Tally& tally) {
  const bool estimated = tally.flows_of_unknown_sampling < tally.flows;
  const auto estimate = [&](double value) { return estimated ? whole(value) : std::string(); };
  return {
      {"flows", std::to_string(tally.flows)},
      {"packets", std::to_string(tally.packets)},
      {"bytes", std::to_string(tally.bytes)},
      {"first", moment(tally.first), false},
      {"last", moment(tally.last), false},
      {"duration_ms", std::to_string(tally.duration())},
      {"packets_per_second", std::to_string(tally.packets_per_second())},
      {"bits_per_second", std::to_string(tally.bits_per_second())},
      {"bytes_per_packet", std::to_string(tally.bytes_per_packet())},
      {"sampled_flows", std::to_string(tally.sampled_flows)},
      {"flows_of_unknown_sampling", std::to_string(tally.flows_of_unknown_sampling)},
      {"estimated_packets", estimate(tally.estimated_packets)},
      {"estimated_packets_error", estimate(error_95(tally.packets_variance))},
      {"estimated_bytes", estimate(tally.estimated_bytes)},
      {"estimated_bytes_error", estimate(error_95(tally.bytes_variance))},
  };
}

std::string readable(std::uint64_t count) {
  return count < 1'000'000 ? std::to_string(count) : readable(static_cast<double>(count));
}

std::string readable(double count) {
  constexpr std::array<const char*, 5> kUnits{"M", "G", "T", "P", "E"};
  // 999,950 and more would be printed as 1000.0 of the unit below.
  if (count < 999'950) return whole(count);
  double value = count / 1e6;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string readable_moment(std::uint64_t unix_milliseconds) {
  auto text = moment(unix_milliseconds);
  if (text.size() < 12) return "-";
  text[10] = ' ';
  text.pop_back();  // the zone
  return text;
}

std::string readable_duration(std::uint64_t milliseconds) {
  const auto seconds = milliseconds / 1000;
  const auto days = seconds / 86'400;
  return fmt::format("{}{:02}:{:02}:{:02}.{:03}", days == 0 ? "" : fmt::format("{}d ", days),
                     seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, milliseconds % 1000);
}

std::size_t columns_of(std::string_view text) {
  // Continuation bytes of UTF-8 begin with 10.
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

void TextTable::add(std::vector<std::string> cells) {
  CHECK(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto width = columns_of(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, columns_of(row[i]));
    widths.push_back(width);
  }
  std::string text;
  const auto add_line = [&](const auto& cell_of) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_of(i);
      const std::string padding(widths[i] - columns_of(cell), ' ');
      const bool left = columns_[i].align == Align::kLeft;
      if (i > 0) text += "  ";
      text += left ? cell + padding : padding + cell;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  };
  add_line([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_)
    add_line([&](std::size_t i) -> const std::string& { return row[i]; });
  return text;
}

}  // namespace noroshi
