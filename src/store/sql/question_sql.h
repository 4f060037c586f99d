#pragma once

#include <cstdint>

#include "question/question.h"
#include "store/sql/key_sql.h"
#include "store/sql/statement.h"
#include "store/sql/tally_sql.h"

namespace noroshi {

/// Whose rows a statement is about.
enum class Kinds : std::uint8_t { kTraffic, kAll };

/// " WHERE …": rows in the window for which the filter holds.
[[nodiscard]] Statement where_sql(const Condition& filter, const TimeWindow& window, Kinds kinds);

/// What the SQL of a question depends on besides the question.
struct SqlContext {
  SqlTable table;  ///< "flows", as Engine::readable names it
  std::uint32_t engine_version = 0;
  RowFacts facts;  ///< of the rows in the question's window
};

/// Every group of a question: its keys, then its tally as TallySql reads it, in RowBinary rows of
/// one length, in no order. Without keys: one row, the tally of all rows that pass.
[[nodiscard]] Statement groups_sql(const GroupQuestion& question, const SqlContext& context);

}  // namespace noroshi
