#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/ip_address.h"

namespace noroshi {

/// Words of SQL that stand in the source of the program, and nowhere else: cannot be made of
/// anything but a constant.
class SqlWords {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a constant is what it is
  consteval SqlWords(const char* constant) : text_(constant) {}
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// A table as Engine::readable names it: letters, digits, '_' and one point. CHECKs that.
struct SqlTable {
  std::string_view name;
};

/// Makes the text of SQL statements; the only thing in Noroshi that does. Takes constants of the
/// program, whole numbers, and bytes as unhex('…'): whatever is asked for, no value can become
/// more than one literal.
class Statement {
 public:
  Statement& operator<<(SqlWords words);
  Statement& operator<<(const SqlTable& table);
  Statement& operator<<(std::uint64_t number);
  /// A FixedString(16).
  Statement& operator<<(const IpAddress& address);
  /// A String.
  Statement& operator<<(std::span<const std::byte> bytes);
  Statement& operator<<(const Statement& part);

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  void hex(std::span<const std::byte> bytes);

  std::string text_;
};

/// Writes `between` before every part but the first.
class SqlList {
 public:
  explicit SqlList(SqlWords between) : between_(between) {}
  void next(Statement& statement) {
    if (!first_) statement << between_;
    first_ = false;
  }
  [[nodiscard]] bool empty() const { return first_; }

 private:
  SqlWords between_;
  bool first_ = true;
};

}  // namespace noroshi
