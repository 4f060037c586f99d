#pragma once

#include <vector>

#include "question/question.h"
#include "store/sql/key_sql.h"
#include "store/sql/statement.h"

namespace noroshi {

/// " WHERE …": rows in the window for which the filter holds; traffic alone, or events too.
enum class Kinds : std::uint8_t { kTraffic, kAll };
[[nodiscard]] Statement where_sql(const Condition& filter, const TimeWindow& window, Kinds kinds);

/// Every group of a question: its keys, then its tally, in RowBinary rows of one length; in no
/// order. `table` as Engine::readable names it.
[[nodiscard]] Statement groups_sql(const GroupQuestion& question, const SqlTable& table);
/// The tally of all rows that pass: one row.
[[nodiscard]] Statement total_sql(const Condition& filter, const TimeWindow& window,
                                  const SqlTable& table);

}  // namespace noroshi
