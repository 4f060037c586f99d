#pragma once

#include <cstdint>
#include <vector>

#include "guard/policy/fields.h"
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
  /// Groups of flows of fewer distinct subscriber lines are left out; 0 and 1: none.
  std::uint32_t least_lines = 0;
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
/// Hidden fields are not read: a zero stands in their place.
[[nodiscard]] Statement rows_sql(const RowsQuestion& question, const FieldSet& hidden,
                                 const SqlTable& table);

}  // namespace noroshi
