#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "store/rollup.h"
#include "store/sql/statement.h"
#include "store/table.h"

namespace noroshi {

/// "rollup_1m", "rollup_5m", "rollup_1h" and "rollup_hours".
[[nodiscard]] std::span<const StoredTable> rollup_tables();

/// What rolls an hour up under a revision on a shard, in order; the last makes it valid.
[[nodiscard]] std::vector<Statement> rollup_sql(std::uint64_t hour, std::uint64_t revision);

/// The table with the longest rows that still divides `step`.
[[nodiscard]] SqlWords rollup_for(std::uint64_t step);
/// TrendRows in RowBinary, out of a rollup table, without the hours given.
[[nodiscard]] Statement trend_sql(const TrendQuestion& question, const SqlTable& table,
                                  std::span<const std::uint64_t> without);
/// The same out of the rows of one hour.
[[nodiscard]] Statement trend_of_rows_sql(const TrendQuestion& question, std::uint64_t hour,
                                          const SqlTable& table);
inline constexpr std::size_t kTrendOctets = 8 + 16 + 4 + 4 * 8 + 2 * 8;

}  // namespace noroshi
