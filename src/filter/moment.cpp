#include "filter/moment.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "filter/letters.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kEndOfYear9999 = 253'402'300'800'000;
/// No time between two moments is longer.
constexpr std::uint64_t kLongestSpan = kEndOfYear9999;

/// Reads a text piece by piece; what is not there is nullopt and takes nothing.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return text_.empty(); }

  bool take_one_of(std::string_view characters) {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::optional<unsigned> take_digits(std::size_t count) {
    if (text_.size() < count) return std::nullopt;
    unsigned value = 0;
    for (const char c : text_.substr(0, count)) {
      if (!is_digit(c)) return std::nullopt;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    text_.remove_prefix(count);
    return value;
  }

  /// One to ten digits, however many there are.
  std::optional<std::uint64_t> take_count() {
    std::uint64_t value = 0;
    std::size_t digits = 0;
    while (digits < text_.size() && is_digit(text_[digits])) {
      value = value * 10 + static_cast<std::uint64_t>(text_[digits] - '0');
      if (++digits > 10) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    text_.remove_prefix(digits);
    return value;
  }

  std::optional<char> take_character() {
    if (text_.empty()) return std::nullopt;
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }

 private:
  std::string_view text_;
};

struct Unit {
  char letter;
  std::uint64_t milliseconds;
};
constexpr std::array<Unit, 5> kUnits{
    {{'w', 604'800'000}, {'d', 86'400'000}, {'h', 3'600'000}, {'m', 60'000}, {'s', 1'000}}};

/// "2h", "1d12h": each unit at most once, the largest first.
std::optional<std::uint64_t> parse_span(Pieces pieces) {
  std::uint64_t span = 0;
  const auto* unit = kUnits.begin();
  if (pieces.at_end()) return std::nullopt;
  while (!pieces.at_end()) {
    const auto count = pieces.take_count();
    const auto letter = pieces.take_character();
    if (!count || !letter) return std::nullopt;
    unit = std::find_if(unit, kUnits.end(), [&](Unit u) { return u.letter == to_lower(*letter); });
    if (unit == kUnits.end() || *count > kLongestSpan / unit->milliseconds) return std::nullopt;
    span += *count * unit->milliseconds;
    ++unit;
  }
  return span;
}

std::optional<std::uint64_t> in_range(std::int64_t milliseconds) {
  if (milliseconds < 0 || milliseconds >= static_cast<std::int64_t>(kEndOfYear9999))
    return std::nullopt;
  return static_cast<std::uint64_t>(milliseconds);
}

std::optional<std::uint64_t> parse_relative(std::string_view text, Timestamp now) {
  if (text.starts_with("now")) text.remove_prefix(3);
  const auto base = static_cast<std::int64_t>(to_unix_milliseconds(now));
  if (text.empty()) return in_range(base);
  const bool back = text.front() == '-';
  if (!back && text.front() != '+') return std::nullopt;
  const auto span = parse_span(Pieces(text.substr(1)));
  if (!span) return std::nullopt;
  // Each of the five units alone is bounded, so their sum fits easily.
  const auto distance = static_cast<std::int64_t>(*span);
  return in_range(back ? base - distance : base + distance);
}

struct TimeOfDay {
  std::chrono::milliseconds since_midnight{};
  std::chrono::minutes offset{};
};

std::optional<std::chrono::minutes> parse_offset(Pieces& pieces) {
  if (pieces.at_end() || pieces.take_one_of("zZ")) return std::chrono::minutes(0);
  const bool east = pieces.take_one_of("+");
  if (!east && !pieces.take_one_of("-")) return std::nullopt;
  const auto hours = pieces.take_digits(2);
  (void)pieces.take_one_of(":");
  const auto minutes = pieces.take_digits(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset(*hours * 60 + *minutes);
  return east ? offset : -offset;
}

std::optional<TimeOfDay> parse_time_of_day(Pieces& pieces) {
  const auto hour = pieces.take_digits(2);
  if (!hour || *hour > 23 || !pieces.take_one_of(":")) return std::nullopt;
  const auto minute = pieces.take_digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  TimeOfDay time{std::chrono::minutes(*hour * 60 + *minute), {}};
  if (pieces.take_one_of(":")) {
    const auto second = pieces.take_digits(2);
    // 60 is a leap second (RFC 3339 §5.7); it runs on into the next minute.
    if (!second || *second > 60) return std::nullopt;
    time.since_midnight += std::chrono::seconds(*second);
    if (pieces.take_one_of(".")) {
      auto digit = pieces.take_digits(1);
      if (!digit) return std::nullopt;
      for (unsigned worth = 100; digit; digit = pieces.take_digits(1), worth /= 10)
        time.since_midnight += std::chrono::milliseconds(*digit * worth);
    }
  }
  const auto offset = parse_offset(pieces);
  if (!offset) return std::nullopt;
  time.offset = *offset;
  return time;
}

}  // namespace

std::optional<std::uint64_t> parse_filter_moment(std::string_view text, Timestamp now) {
  if (text.empty()) return std::nullopt;
  const auto lower = to_lower(text);
  if (!is_digit(text.front())) return parse_relative(lower, now);

  Pieces pieces(text);
  const auto year = pieces.take_digits(4);
  const bool as_nfdump = pieces.take_one_of("/");
  if (!year || (!as_nfdump && !pieces.take_one_of("-"))) return std::nullopt;
  const auto month = pieces.take_digits(2);
  if (!month || !pieces.take_one_of(as_nfdump ? "/" : "-")) return std::nullopt;
  const auto day = pieces.take_digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  TimeOfDay time;
  if (!pieces.at_end()) {
    if (!pieces.take_one_of(as_nfdump ? "." : "Tt")) return std::nullopt;
    const auto parsed = parse_time_of_day(pieces);
    if (!parsed) return std::nullopt;
    time = *parsed;
  }
  if (!pieces.at_end()) return std::nullopt;
  const Timestamp midnight = std::chrono::sys_days(date);
  return in_range((midnight + time.since_midnight - time.offset).time_since_epoch().count());
}

}  // namespace noroshi
