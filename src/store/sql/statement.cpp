#include "store/sql/statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace noroshi {

Statement& Statement::operator<<(SqlWords words) {
  text_ += words.text();
  return *this;
}

Statement& Statement::operator<<(const SqlTable& table) {
  const auto plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_' ||
           letter == '.';
  };
  CHECK(!table.name.empty() && std::all_of(table.name.begin(), table.name.end(), plain));
  CHECK(std::count(table.name.begin(), table.name.end(), '.') <= 1);
  text_ += table.name;
  return *this;
}

Statement& Statement::operator<<(std::uint64_t number) {
  fmt::format_to(std::back_inserter(text_), "{}", number);
  return *this;
}

Statement& Statement::operator<<(const IpAddress& address) {
  // Not a bare String: comparing one with a FixedString forgives zeros at the end.
  text_ += "toFixedString(";
  hex(address.bytes());
  text_ += ", 16)";
  return *this;
}

Statement& Statement::operator<<(std::span<const std::byte> bytes) {
  hex(bytes);
  return *this;
}

Statement& Statement::operator<<(const Statement& part) {
  text_ += part.text_;
  return *this;
}

void Statement::hex(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  text_ += "unhex('";
  for (const auto byte : bytes) {
    const auto value = std::to_integer<std::size_t>(byte);
    text_ += kDigits[value >> 4];
    text_ += kDigits[value & 15];
  }
  text_ += "')";
}

}  // namespace noroshi
