#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "question/question.h"

namespace noroshi {

/// Pieces that every rendering of answers shares.

/// Half the width of the interval that holds the true number with 95 % probability.
[[nodiscard]] double error_95(double variance);

/// A field of a Tally as programs read it (docs/reference/flows.md).
struct TallyField {
  std::string_view name;
  std::string value;  ///< empty: not known
  bool is_number = true;
};
/// All of them, always in the same order.
[[nodiscard]] std::vector<TallyField> fields_of(const Tally& tally);

/// Counts as people read them: digits up to 999999, then "1.8 M", "7.2 G", "3.1 T", "2.0 P".
[[nodiscard]] std::string readable(std::uint64_t count);
[[nodiscard]] std::string readable(double count);
/// "2026-11-22 07:38:03.716" UTC; "-" where not known.
[[nodiscard]] std::string readable_moment(std::uint64_t unix_milliseconds);
/// "00:29:11.950", with days in front where there are any: "2d 00:29:11.950".
[[nodiscard]] std::string readable_duration(std::uint64_t milliseconds);

/// How many columns a terminal gives to UTF-8 text made of characters of one column each.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// A table for people: columns of one width, two spaces between them, no spaces at line ends.
class TextTable {
 public:
  enum class Align : bool { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kRight;
  };
  explicit TextTable(std::vector<Column> columns);
  /// As many cells as there are columns.
  void add(std::vector<std::string> cells);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace noroshi
