#pragma once

#include "filter/condition.h"
#include "store/sql/statement.h"

namespace noroshi {

/// A condition as a boolean expression over the columns of "flows", in brackets. For every row it
/// is true exactly where Evaluator says 1, for counts below 2⁵⁰ (SQL wraps beyond, where the
/// evaluation stops at the largest number).
[[nodiscard]] Statement to_sql(const Condition& condition);

/// A number of a row, as condition.h defines it.
[[nodiscard]] SqlWords expression_of(Number number);
[[nodiscard]] SqlWords column_of(AddressColumn column);

}  // namespace noroshi
