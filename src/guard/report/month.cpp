#include "guard/report/month.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace noroshi {
namespace {

Timestamp begin_of(std::chrono::year_month month, std::chrono::minutes utc_offset) {
  return Timestamp(std::chrono::sys_days(month / 1)) - utc_offset;
}

}  // namespace

Result<ReportMonth> ReportMonth::parse(std::string_view text, std::chrono::minutes utc_offset) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool formed = text.size() == 7 && text[4] == '-' &&
                      std::ranges::all_of(text.substr(0, 4), is_digit) &&
                      std::ranges::all_of(text.substr(5), is_digit);
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(from, count)) value = value * 10 + (c - '0');
    return value;
  };
  if (formed) {
    const std::chrono::year_month month(std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))));
    // Before 1970 there is no Timestamp for our columns.
    if (month.ok() && month.year() > std::chrono::year(1970)) return ReportMonth{month, utc_offset};
  }
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is not a month: write 2026-11", text));
}

ReportMonth ReportMonth::of(Timestamp moment, std::chrono::minutes utc_offset) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(moment + utc_offset));
  return {day.year() / day.month(), utc_offset};
}

Timestamp ReportMonth::from() const { return begin_of(month, utc_offset); }
Timestamp ReportMonth::to() const { return begin_of(month + std::chrono::months(1), utc_offset); }

std::string ReportMonth::to_string() const {
  return fmt::format("{:04}-{:02}", static_cast<int>(month.year()),
                     static_cast<unsigned>(month.month()));
}

std::string local_time(Timestamp moment, std::chrono::minutes utc_offset) {
  auto text = to_rfc3339(moment + utc_offset).substr(0, 19);
  text[10] = ' ';
  return text;
}

std::string local_day(Timestamp moment, std::chrono::minutes utc_offset) {
  return to_rfc3339(moment + utc_offset).substr(0, 10);
}

std::string offset_in_words(std::chrono::minutes utc_offset) {
  const auto minutes = utc_offset.count();
  if (minutes == 0) return "UTC";
  return fmt::format("UTC{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

}  // namespace noroshi
