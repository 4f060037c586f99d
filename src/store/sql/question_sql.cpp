#include "store/sql/question_sql.h"

#include "store/flow_table.h"
#include "store/sql/row_terms.h"
#include "store/sql/where_sql.h"

namespace noroshi {
namespace {

/// True for a column whose address is a pseudonym: ::fffe:0:0/96 of IPv4, bc00::/7 of unique local
/// and c000::/3 of global IPv6 addresses (net/ip_address.h).
Statement is_pseudonym(SqlWords column) {
  const auto v4 = IpAddress::from_v4(0).marked();
  const auto v4_end = IpAddress::from_v4(0xffff'ffff).marked();
  Statement sql;
  return sql << "((" << column << " >= " << v4 << " AND " << column << " <= " << v4_end << ") OR ("
             << column << " >= unhex('bc000000000000000000000000000000') AND " << column
             << " < unhex('be000000000000000000000000000000')) OR (" << column
             << " >= unhex('c0000000000000000000000000000000') AND " << column
             << " < unhex('e0000000000000000000000000000000')))";
}

/// The line behind a pseudonym: all of an IPv4 address, the /64 of an IPv6 one, whose devices
/// choose the rest for themselves.
Statement line_of(SqlWords column) {
  Statement sql;
  return sql << "if(" << column << " < unhex('bc000000000000000000000000000000'), substring("
             << column << ", 9, 8), substring(" << column << ", 1, 8))";
}

/// Holds for groups of at least so many distinct lines, on either side.
Statement enough_lines(std::uint64_t lines) {
  Statement sql;
  sql << "uniqExactArray(arrayFilter(line -> notEmpty(line), [";
  SqlList list(", ");
  for (const SqlWords column : {SqlWords("source_address"), SqlWords("destination_address")}) {
    list.next(sql);
    sql << "if(" << is_pseudonym(column) << ", " << line_of(column) << ", unhex(''))";
  }
  return sql << "])) >= " << lines;
}

}  // namespace

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
        sql << "if(" << side << " = 0, " << column.expression(FlowSide::kSource, i) << ", "
            << column.expression(FlowSide::kDestination, i) << ")";
        side = "side";
      } else {
        sql << column.expression(FlowSide::kSource, i);
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
  if (context.least_lines > 1) sql << " HAVING " << enough_lines(context.least_lines);
  return sql;
}

namespace {

SqlWords zero_of(StoredType type) {
  switch (type) {
    case StoredType::kUInt8:
      return "toUInt8(0)";
    case StoredType::kUInt16:
      return "toUInt16(0)";
    case StoredType::kUInt32:
      return "toUInt32(0)";
    case StoredType::kBytes16:
      return "toFixedString(unhex(''), 16)";
    default:
      return "toUInt64(0)";
  }
}

}  // namespace

Statement rows_sql(const RowsQuestion& question, const FieldSet& hidden, const SqlTable& table) {
  Statement sql;
  sql << "SELECT ";
  SqlList list(", ");
  std::size_t number = 0;
  for (const auto& column : flow_fields()) {
    list.next(sql);
    if (hidden.test(number++))
      sql << zero_of(column.type) << " AS hidden_" << column.name;
    else if (column.name.text() == "duration")
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
