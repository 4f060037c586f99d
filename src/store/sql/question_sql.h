#pragma once

#include <cstdint>
#include <vector>

#include "question/question.h"
#include "store/sql/key_sql.h"
#include "store/sql/statement.h"
#include "store/sql/tally_sql.h"

namespace noroshi {

/// What the SQL of a question depends on besides the question.
struct SqlContext {
  SqlTable table;  ///< "flows", as Engine::readable names it
  std::uint32_t engine_version = 0;
  RowFacts facts;  ///< of the rows in the question's window
};

/// What rows are grouped by: the start of the step that `last` lies in (ms, 8 octets), then keys.
struct Grouped {
  std::uint64_t step = 0;  ///< 0: by keys alone
  std::vector<Key> keys;
};

/// Every group: its columns, then its tally as TallySql reads it, in RowBinary rows of one length,
/// in no order. Nothing to group by: one row, the tally of all rows that pass.
[[nodiscard]] Statement groups_sql(const Grouped& grouped, const Condition& filter,
                                   const TimeWindow& window, const SqlContext& context);

/// The rows themselves, every field of a FlowBatch in its order, by first and then as they arrived.
[[nodiscard]] Statement rows_sql(const RowsQuestion& question, const SqlTable& table);

}  // namespace noroshi
