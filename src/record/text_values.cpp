#include "record/text_values.h"

#include <chrono>

namespace noroshi {
namespace {

constexpr std::uint64_t kMicroseconds = 1'000'000;
constexpr std::uint64_t kLatestSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Up to six digits of a fraction as microseconds; further digits must be digits and are dropped.
std::optional<std::uint64_t> parse_fraction(std::string_view digits) {
  std::uint64_t value = 0;
  std::uint64_t unit = kMicroseconds;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    unit /= 10;
    value += static_cast<std::uint64_t>(c - '0') * unit;
  }
  return value;
}

/// Takes exactly `width` digits off the front.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(0, width)) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take_one_of(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// "", "Z", "+09:00": the offset east of UTC.
std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return std::chrono::minutes(0);
  const bool west = text.front() == '-';
  if (!take_one_of(text, "+-")) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || !take_one_of(text, ":")) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
  if (const auto value = parse_unsigned<std::uint64_t>(text)) return value;
  const auto point = text.find('.');
  if (point == std::string_view::npos ||
      text.find_first_not_of('0', point + 1) != std::string_view::npos)
    return std::nullopt;
  return parse_unsigned<std::uint64_t>(text.substr(0, point));
}

std::optional<std::uint64_t> parse_seconds(std::string_view text) {
  std::uint64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || seconds > kLatestSecond) return std::nullopt;
  if (stop == end) return seconds * kMicroseconds;
  if (*stop == '.') {
    const auto digits = text.substr(static_cast<std::size_t>(stop - text.data()) + 1);
    if (const auto fraction = parse_fraction(digits)) return seconds * kMicroseconds + *fraction;
  }
  double value = 0;
  const auto [stop_of_double, double_error] = std::from_chars(text.data(), end, value);
  if (double_error != std::errc() || stop_of_double != end) return std::nullopt;
  if (!(value >= 0 && value <= static_cast<double>(kLatestSecond))) return std::nullopt;
  return static_cast<std::uint64_t>(value * static_cast<double>(kMicroseconds));
}

std::optional<std::uint64_t> parse_date_time(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take_one_of(text, "-/")) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take_one_of(text, "-/")) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !take_one_of(text, "Tt ")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take_one_of(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take_one_of(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second) return std::nullopt;
  std::uint64_t fraction = 0;
  if (take_one_of(text, ".")) {
    auto length = text.find_first_not_of("0123456789");
    if (length == std::string_view::npos) length = text.size();
    if (length == 0) return std::nullopt;
    fraction = *parse_fraction(text.substr(0, length));
    text.remove_prefix(length);
  }
  const auto offset = parse_offset(text);
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  // 60 is a leap second (RFC 3339 §5.7); it runs on into the next minute.
  if (!offset || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto moment = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                      std::chrono::minutes(*minute) + std::chrono::seconds(*second) - *offset;
  const auto seconds = moment.time_since_epoch().count();
  if (seconds < 0) return std::nullopt;
  return static_cast<std::uint64_t>(seconds) * kMicroseconds + fraction;
}

std::optional<IpAddress> parse_address(std::string_view text) {
  std::uint32_t address = 0;
  const char* position = text.data();
  const auto* end = position + text.size();
  for (int octet = 0; octet < 4; ++octet) {
    const char* const start = position;
    std::uint32_t value = 0;
    while (position != end && is_digit(*position) && position - start < 3)
      value = value * 10 + static_cast<std::uint32_t>(*position++ - '0');
    const bool leading_zero = position - start > 1 && *start == '0';
    const bool ended = octet == 3 ? position == end : position != end && *position == '.';
    if (position == start || value > 255 || leading_zero || !ended) {
      if (text.find('\0') != std::string_view::npos) return std::nullopt;
      const auto parsed = IpAddress::parse(text);
      return parsed ? std::optional(*parsed) : std::nullopt;
    }
    address = address << 8 | value;
    ++position;
  }
  return IpAddress::from_v4(address);
}

}  // namespace noroshi
