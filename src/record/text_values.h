#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include "net/ip_address.h"

namespace noroshi {

/// Values as text recordings write them. Nothing here allocates when the text is well formed, and
/// nothing trusts it: what is not wholly the value asked for is nullopt.

/// "42". No sign, no space, nothing behind; out of range is nullopt.
template <std::unsigned_integral T>
[[nodiscard]] inline std::optional<T> parse_unsigned(std::string_view text) {
  T value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// A whole number that a spreadsheet or a data frame may have passed through: "42", "42.0".
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

/// Seconds with an optional fraction or exponent ("19.98", "1547150789.067208", "9.7e-06") as
/// microseconds, cut below. At most the seconds of the year 9999.
[[nodiscard]] std::optional<std::uint64_t> parse_seconds(std::string_view text);

/// A date and time as microseconds since 1970: "2026-11-22T00:00:00.123Z" (RFC 3339, any offset),
/// or, as Argus writes it, "2018/09/27 22:40:52.362768". Without an offset it is taken as UTC.
/// Moments before 1970 are nullopt.
[[nodiscard]] std::optional<std::uint64_t> parse_date_time(std::string_view text);

/// As IpAddress::parse, and fast for dotted IPv4.
[[nodiscard]] std::optional<IpAddress> parse_address(std::string_view text);

[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace noroshi
