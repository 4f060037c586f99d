#include "decode/address_in_text.h"

#include <algorithm>
#include <cctype>

#include "net/ip_address.h"

namespace noroshi {
namespace {

constexpr std::string_view kInstead = "(address)";
constexpr std::size_t kLongestV6 = 45;  // with an IPv4 address at its end

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_of_v6(char letter) {
  return std::isxdigit(static_cast<unsigned char>(letter)) != 0 || letter == ':' || letter == '.';
}

/// How many letters of an IPv4 address `text` begins with; 0: none.
std::size_t v4_length(std::string_view text) {
  std::size_t at = 0;
  char separator = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at >= text.size() || (text[at] != '.' && text[at] != '-' && text[at] != '_')) return 0;
      if (part > 1 && text[at] != separator) return 0;
      separator = text[at++];
    }
    unsigned value = 0;
    const auto begin = at;
    while (at < text.size() && is_digit(text[at]) && at - begin < 4)
      value = value * 10 + static_cast<unsigned>(text[at++] - '0');
    if (at == begin || at - begin > 3 || value > 255) return 0;
  }
  return at;
}

/// The same of IPv6: the longest that can be read.
std::size_t v6_length(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < kLongestV6 && is_of_v6(text[end])) ++end;
  for (; end > 1; --end) {
    const auto part = text.substr(0, end);
    if (std::ranges::count(part, ':') >= 2 && IpAddress::parse(part)) return end;
  }
  return 0;
}

}  // namespace

std::string without_addresses(std::string_view text) {
  std::string result;
  char before = 0;
  while (!text.empty()) {
    std::size_t length = 0;
    if (is_digit(text.front()) && !is_digit(before)) length = v4_length(text);
    if (length == 0 && is_of_v6(text.front()) &&
        std::isalnum(static_cast<unsigned char>(before)) == 0)
      length = v6_length(text);
    if (length > 0) {
      result += kInstead;
    } else {
      length = 1;
      result += text.front();
    }
    before = text[length - 1];
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace noroshi
