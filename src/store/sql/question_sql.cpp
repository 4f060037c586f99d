#include "store/sql/question_sql.h"

#include "store/flow_table.h"
#include "store/sql/row_terms.h"
#include "store/sql/where_sql.h"

namespace noroshi {

Statement groups_sql(const Grouped& grouped, const Condition& filter, const TimeWindow& window,
                     const SqlContext& context) {
  Statement sql;
  Statement names;
  sql << "SELECT ";
  std::uint64_t number = 0;
  SqlWords side = "(arrayJoin([0, 1]) AS side)";  // a row for each; named where it first stands
  SqlList list(", ");
  if (grouped.step > 0) {
    sql << "intDiv(last, " << grouped.step << ") * " << grouped.step << " AS start, ";
    list.next(names);
    names << "start";
  }
  for (const auto& key : grouped.keys) {
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
      << where_sql(filter, window, kinds);
  if (!list.empty()) sql << " GROUP BY " << names;
  return sql;
}

Statement rows_sql(const RowsQuestion& question, const SqlTable& table) {
  Statement sql;
  sql << "SELECT ";
  SqlList list(", ");
  for (const auto& column : flow_fields()) {
    list.next(sql);
    if (column.name.text() == "duration")
      sql << NOROSHI_SQL_FIRST " AS first";
    else
      sql << column.name;
  }
  sql << " FROM " << table << where_sql(question.filter, question.window, Kinds::kAll)
      << " ORDER BY first, received, batch, number";
  if (question.limit > 0) sql << " LIMIT " << question.limit;
  return sql;
}

}  // namespace noroshi
