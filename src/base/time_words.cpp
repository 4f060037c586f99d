#include "base/time_words.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace noroshi {
namespace {

using std::chrono::seconds;

/// Reads text from front to back; each step says whether it fitted.
class Text {
 public:
  explicit Text(std::string_view text) : rest_(text) {}

  /// `digits` decimal digits, exactly.
  std::optional<int> number(std::size_t digits) {
    int value = 0;
    if (rest_.size() < digits) return std::nullopt;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }
  bool one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] char last() const { return last_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  char last_ = 0;
};

std::optional<Timestamp> read_moment(Text text) {
  const auto year = text.number(4);
  if (!year || !text.one_of("-")) return std::nullopt;
  const auto month = text.number(2);
  if (!month || !text.one_of("-")) return std::nullopt;
  const auto day = text.number(2);
  if (!day || !text.one_of("Tt ")) return std::nullopt;
  const auto hour = text.number(2);
  if (!hour || *hour > 23 || !text.one_of(":")) return std::nullopt;
  const auto minute = text.number(2);
  if (!minute || *minute > 59 || !text.one_of(":")) return std::nullopt;
  const auto second = text.number(2);
  if (!second || *second > 59 || !text.one_of("Zz+-")) return std::nullopt;

  std::chrono::minutes offset{0};
  if (const char sign = text.last(); sign == '+' || sign == '-') {
    const auto hours = text.number(2);
    if (!hours || *hours > 23 || !text.one_of(":")) return std::nullopt;
    const auto minutes = text.number(2);
    if (!minutes || *minutes > 59) return std::nullopt;
    offset = std::chrono::minutes((sign == '+' ? 1 : -1) * (*hours * 60 + *minutes));
  }
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!text.at_end() || !date.ok() || *year < 1970 || *year > 2105) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         seconds(*second) - offset;
}

seconds unit_of(char letter) {
  switch (letter) {
    case 'd':
      return std::chrono::days(1);
    case 'h':
      return std::chrono::hours(1);
    case 'm':
      return std::chrono::minutes(1);
    default:
      return seconds(1);
  }
}

}  // namespace

Result<seconds> parse_duration(std::string_view text) {
  constexpr seconds kLongest = std::chrono::days(366);
  const auto refused = [&] {
    return failure(
        ErrorCode::kInvalidArgument,
        fmt::format("{}: not a duration of 1 s to 366 d such as 90s, 30m, 2h or 1h30m", text));
  };
  seconds total{0};
  seconds previous = seconds::max();
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::int64_t count = 0;
    const auto [after, fault] = std::from_chars(at, end, count);
    if (fault != std::errc() || after == end || count < 0 || count > kLongest.count())
      return refused();
    if (std::string_view("dhms").find(*after) == std::string_view::npos) return refused();
    const auto unit = unit_of(*after);
    if (unit >= previous) return refused();
    previous = unit;
    total += unit * count;
    if (total > kLongest) return refused();
    at = after + 1;
  }
  if (total == seconds(0)) return refused();
  return total;
}

Result<Timestamp> parse_moment(std::string_view text) {
  const auto moment = read_moment(Text(text));
  if (!moment || *moment < Timestamp())
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{}: not a moment such as 2026-11-02T10:00:00Z (RFC 3339, whole "
                               "seconds, years 1970 to 2105)",
                               text));
  return *moment;
}

}  // namespace noroshi
