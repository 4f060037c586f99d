#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"
#include "base/result.h"
#include "question/question.h"
#include "store/sql/statement.h"

namespace noroshi {

/// What the rows in a window have in common, so that a question need not read and add up columns
/// that say nothing. Rows that arrive later only widen it.
struct RowFacts {
  std::uint32_t lowest_rate = 0;
  std::uint32_t highest_rate = 0;
  std::uint8_t highest_kind = 0;

  [[nodiscard]] bool one_rate() const { return lowest_rate == highest_rate; }
  [[nodiscard]] bool one_way() const { return highest_kind == 0; }
  [[nodiscard]] bool no_events() const { return highest_kind < 2; }
  friend bool operator==(const RowFacts&, const RowFacts&) = default;
};
/// One row that holds the facts; read_facts() reads it.
[[nodiscard]] Statement facts_sql(const TimeWindow& window, const SqlTable& table);
[[nodiscard]] Result<RowFacts> read_facts(std::span<const std::byte> answer);

/// The aggregates that a Tally takes over rows of which the facts are known.
class TallySql {
 public:
  explicit TallySql(const RowFacts& facts) : facts_(facts) {}

  [[nodiscard]] Statement aggregates() const;
  /// Octets of those in RowBinary.
  [[nodiscard]] std::size_t octets() const;
  [[nodiscard]] Tally read(ByteReader& row) const;

 private:
  /// Estimates follow from the sums where one rate holds for all rows; the variance of the bytes
  /// needs a sum of its own unless that rate is 0 or 1.
  [[nodiscard]] bool needs_squares() const { return facts_.one_rate() && facts_.lowest_rate > 1; }

  RowFacts facts_;
};

}  // namespace noroshi
