#include "store/sql/where_sql.h"

#include <variant>

#include "store/sql/condition_sql.h"

namespace noroshi {

Statement where_sql(const Condition& filter, const TimeWindow& window, Kinds kinds) {
  Statement sql;
  SqlWords before = " WHERE ";
  const auto next = [&]() -> Statement& {
    sql << before;
    before = " AND ";
    return sql;
  };
  // The window comes first: it prunes whole partitions.
  if (window.from > 0) next() << "last >= " << window.from;
  if (window.to < UINT64_MAX) next() << "last < " << window.to;
  if (kinds == Kinds::kTraffic) next() << "kind < 2";
  if (!std::holds_alternative<Everything>(filter.node)) next() << to_sql(filter);
  return sql;
}

}  // namespace noroshi
