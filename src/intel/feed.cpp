#include "intel/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <optional>
#include <tuple>
#include <utility>

#include "intel/delimited.h"
#include "net/address_kind.h"

namespace noroshi {
namespace {

constexpr std::array<std::pair<FeedFormat, std::string_view>, 4> kFormats{{
    {FeedFormat::kAddresses, "addresses"},
    {FeedFormat::kFeodo, "feodo"},
    {FeedFormat::kThreatFox, "threatfox"},
    {FeedFormat::kBambenek, "bambenek"},
}};

/// A line's outcome: an indicator, nothing for us, or nonsense.
enum class Line : std::uint8_t { kTaken, kPassedOver, kMalformed };

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return result;
}

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value > most)
    return std::nullopt;
  return value;
}

/// "2026-11-22 12:34:56", "2016-11-12 18:02", "2026-11-22"; zero where it is none of them.
std::uint64_t moment(std::string_view text) {
  const auto part = [&](std::size_t at, std::size_t length) -> std::optional<std::uint64_t> {
    return text.size() < at + length ? std::nullopt : number(text.substr(at, length), 9999);
  };
  const auto year = part(0, 4), month = part(5, 2), day = part(8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return 0;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1970) return 0;
  const auto days =
      static_cast<std::uint64_t>(std::chrono::sys_days(date).time_since_epoch().count());
  const auto hour = part(11, 2).value_or(0), minute = part(14, 2).value_or(0),
             second = part(17, 2).value_or(0);
  if (hour > 23 || minute > 59 || second > 60) return 0;
  return ((days * 24 + hour) * 60 + minute) * 60'000 + second * 1000;
}

/// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1".
Line take_server(std::string_view text, Indicator& indicator) {
  std::string_view address = text, port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return Line::kMalformed;
    address = text.substr(1, close - 1);
    if (close + 1 < text.size()) {
      if (text[close + 1] != ':') return Line::kMalformed;
      port = text.substr(close + 2);
    }
  } else if (const auto colon = text.find(':');
             colon != std::string_view::npos &&
             text.find(':', colon + 1) == std::string_view::npos) {
    address = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return Line::kPassedOver;
  if (parsed->is_pseudonym() || kind_of(*parsed) != AddressKind::kGlobal) return Line::kPassedOver;
  indicator.server = *parsed;
  if (port.empty()) return Line::kTaken;
  const auto value = number(port, 65'535);
  if (!value) return Line::kMalformed;
  indicator.port = {static_cast<std::uint16_t>(*value)};
  return Line::kTaken;
}

Line take_address_line(std::string_view line, Indicator& indicator) {
  const auto end = line.find_first_of("# \t");
  return take_server(line.substr(0, end), indicator);
}

Line take_feodo(const std::vector<std::string>& fields, Indicator& indicator) {
  if (fields.size() < 6) return Line::kMalformed;
  const auto port = number(fields[2], 65'535);
  if (!port || !IpAddress::parse(fields[1])) return Line::kMalformed;
  const auto line = take_server(fields[1], indicator);
  indicator.port = {static_cast<std::uint16_t>(*port)};
  indicator.first_seen = moment(fields[0]);
  indicator.last_seen = moment(fields[4]);
  indicator.offline = fields[3] == "offline";
  indicator.family = lower(fields[5]);
  return line;
}

Line take_threatfox(const std::vector<std::string>& fields, Indicator& indicator) {
  if (fields.size() < 9) return Line::kMalformed;
  if (fields[3] != "ip:port") return Line::kPassedOver;
  if (fields[4] != "botnet_cc") return Line::kPassedOver;
  const auto line = take_server(fields[2], indicator);
  indicator.first_seen = moment(fields[0]);
  indicator.last_seen = moment(fields[8]);
  indicator.family = lower(fields[7]);
  return line == Line::kPassedOver && fields[2].find(':') == std::string::npos ? Line::kMalformed
                                                                               : line;
}

Line take_bambenek(const std::vector<std::string>& fields, Indicator& indicator) {
  if (fields.size() < 3 || !IpAddress::parse(fields[0])) return Line::kMalformed;
  constexpr std::string_view kBefore = "IP used by ", kBehind = " C&C";
  std::string_view family = fields[1];
  if (family.starts_with(kBefore)) family.remove_prefix(kBefore.size());
  if (family.ends_with(kBehind)) family.remove_suffix(kBehind.size());
  indicator.family = lower(family);
  indicator.last_seen = moment(fields[2]);
  return take_server(fields[0], indicator);
}

Line take(std::string_view line, FeedFormat format, Indicator& indicator) {
  switch (format) {
    case FeedFormat::kAddresses:
      return take_address_line(line, indicator);
    case FeedFormat::kFeodo:
      return take_feodo(fields_of(line), indicator);
    case FeedFormat::kThreatFox:
      return take_threatfox(fields_of(line), indicator);
    case FeedFormat::kBambenek:
      return take_bambenek(fields_of(line), indicator);
  }
  return Line::kMalformed;
}

bool is_header(std::string_view line) {
  return line.starts_with("first_seen_utc") || line.starts_with("\"first_seen_utc");
}

/// Of rows about the same server the widest time, the named family, and online where one says so.
void merge_equal(std::vector<Indicator>& indicators) {
  std::ranges::stable_sort(indicators, {},
                           [](const Indicator& one) { return std::tuple(one.server, one.port); });
  std::size_t kept = 0;
  for (auto& one : indicators) {
    if (kept == 0 || indicators[kept - 1].server != one.server ||
        indicators[kept - 1].port != one.port) {
      if (&indicators[kept] != &one) indicators[kept] = std::move(one);
      ++kept;
      continue;
    }
    auto& known = indicators[kept - 1];
    if (known.first_seen == 0 || (one.first_seen != 0 && one.first_seen < known.first_seen))
      known.first_seen = one.first_seen;
    known.last_seen = std::max(known.last_seen, one.last_seen);
    known.offline = known.offline && one.offline;
    if (known.family.empty()) known.family = std::move(one.family);
  }
  indicators.resize(kept);
}

}  // namespace

std::string_view name_of(FeedFormat format) {
  for (const auto& [known, name] : kFormats)
    if (known == format) return name;
  return {};
}

Result<FeedFormat> parse_feed_format(std::string_view name) {
  std::string names;
  for (const auto& [format, known] : kFormats) {
    if (known == name) return format;
    names += (names.empty() ? "" : ", ") + std::string(known);
  }
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("{}: no format of a feed; there are {}", name, names));
}

Result<FeedReading> read_feed(std::string_view text, FeedFormat format, std::string_view family) {
  if (text.size() > kMostFeedOctets)
    return failure(ErrorCode::kLimit, fmt::format("a feed of {} MiB; {} are read at most",
                                                  text.size() >> 20, kMostFeedOctets >> 20));
  FeedReading reading;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) continue;
    line = line.substr(first, line.find_last_not_of(" \t\r") + 1 - first);
    if (line.starts_with('#') || line.starts_with(';') || is_header(line)) continue;
    ++reading.lines;
    Indicator indicator;
    switch (take(line, format, indicator)) {
      case Line::kTaken:
        if (indicator.family.empty()) indicator.family = family;
        reading.indicators.push_back(std::move(indicator));
        break;
      case Line::kPassedOver:
        ++reading.passed_over;
        break;
      case Line::kMalformed:
        ++reading.malformed;
        break;
    }
    if (reading.indicators.size() > kMostIndicators)
      return failure(ErrorCode::kLimit,
                     fmt::format("more than {} servers in one feed", kMostIndicators));
  }
  if (reading.malformed * 2 > reading.lines)
    return failure(ErrorCode::kMalformed,
                   fmt::format("{} of {} lines are not of the format \"{}\"", reading.malformed,
                               reading.lines, name_of(format)));
  merge_equal(reading.indicators);
  return reading;
}

}  // namespace noroshi
