#include "store/sql/question_sql.h"

#include "store/sql/condition_sql.h"

namespace noroshi {

Statement where_sql(const Condition& filter, const TimeWindow& window, Kinds kinds) {
  Statement sql;
  // The window comes first: it prunes whole partitions.
  sql << " WHERE last >= " << window.from << " AND last < " << window.to;
  if (kinds == Kinds::kTraffic) sql << " AND kind < 2";
  if (!std::holds_alternative<Everything>(filter.node)) sql << " AND " << to_sql(filter);
  return sql;
}

Statement groups_sql(const GroupQuestion& question, const SqlContext& context) {
  Statement sql;
  Statement names;
  sql << "SELECT ";
  std::uint64_t number = 0;
  SqlWords side = "(arrayJoin([0, 1]) AS side)";  // a row for each; named where it first stands
  SqlList list(", ");
  for (const auto& key : question.keys) {
    const KeySql column(key, context.engine_version);
    for (std::size_t i = 0; i < column.columns(); ++i) {
      if (column.has_sides()) {
        sql << "if(" << side << " = 0, " << column.expression(Side::kSource, i) << ", "
            << column.expression(Side::kDestination, i) << ")";
        side = "side";
      } else {
        sql << column.expression(Side::kSource, i);
      }
      sql << " AS key_" << number << ", ";
      list.next(names);
      names << "key_" << number++;
    }
  }
  const auto kinds = context.facts.no_events() ? Kinds::kAll : Kinds::kTraffic;
  sql << TallySql(context.facts).aggregates() << " FROM " << context.table
      << where_sql(question.filter, question.window, kinds);
  if (!list.empty()) sql << " GROUP BY " << names;
  return sql;
}

}  // namespace noroshi
