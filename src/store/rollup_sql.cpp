#include "store/rollup_sql.h"

#include <algorithm>

#include "store/sql/row_terms.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;

constexpr StoredColumn kColumns[] = {
    {"hour", StoredType::kUInt32, "T64, ZSTD(1)"},
    {"revision", StoredType::kUInt64, "T64, ZSTD(1)"},
    {"start", StoredType::kUInt64, "T64, ZSTD(1)"},
    {"exporter", StoredType::kBytes16, "ZSTD(1)"},
    {"dimension", StoredType::kUInt8, "ZSTD(1)"},
    {"value", StoredType::kUInt32, "T64, ZSTD(1)"},
    {"flows", StoredType::kUInt64, "T64, ZSTD(1)"},
    {"packets", StoredType::kUInt64, "T64, ZSTD(1)"},
    {"bytes", StoredType::kUInt64, "T64, ZSTD(1)"},
    {"flows_of_unknown_sampling", StoredType::kUInt64, "T64, ZSTD(1)"},
    {"estimated_packets", StoredType::kFloat64, "ZSTD(1)"},
    {"estimated_bytes", StoredType::kFloat64, "ZSTD(1)"},
};
constexpr StoredColumn kHourColumns[] = {
    {"hour", StoredType::kUInt32, "T64, ZSTD(1)"},
    {"revision", StoredType::kUInt64, "T64, ZSTD(1)"},
    {"rows", StoredType::kUInt64, "T64, ZSTD(1)"},
};

constexpr StoredTable rollup_table(SqlWords name) {
  return {.name = name,
          .columns = kColumns,
          .partition = "intDiv(hour, 24)",
          .order = "(dimension, value, start)",
          .indexes = "",
          .hours_of_partition = 24};
}
// Lines of "rollup_hours" are small and outlive what they tell of.
constexpr StoredTable kTables[] = {
    rollup_table("rollup_1m"),
    rollup_table("rollup_5m"),
    rollup_table("rollup_1h"),
    {.name = "rollup_hours",
     .columns = kHourColumns,
     .partition = "tuple()",
     .order = "hour",
     .indexes = ""},
};

constexpr Dimension kDimensions[] = {
    Dimension::kRows,           Dimension::kAll,
    Dimension::kProtocol,       Dimension::kService,
    Dimension::kSourceAs,       Dimension::kDestinationAs,
    Dimension::kSourceCountry,  Dimension::kDestinationCountry,
    Dimension::kInputInterface, Dimension::kOutputInterface,
};

SqlWords value_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::kRows:
    case Dimension::kAll:
      return "toUInt32(0)";
    case Dimension::kProtocol:
      return "toUInt32(protocol)";
    case Dimension::kService:
      return "toUInt32(protocol * 65536 + if(protocol IN (6, 17, 132) AND "
             "least(source_port, destination_port) < 1024, "
             "least(source_port, destination_port), 0))";
    case Dimension::kSourceAs:
      return "source_as";
    case Dimension::kDestinationAs:
      return "destination_as";
    case Dimension::kSourceCountry:
      return "toUInt32(source_country)";
    case Dimension::kDestinationCountry:
      return "toUInt32(destination_country)";
    case Dimension::kInputInterface:
      return "input_interface";
    case Dimension::kOutputInterface:
      return "output_interface";
  }
  return "toUInt32(0)";
}

constexpr SqlWords kSumsOfRows =
    "count(), sum" NOROSHI_SQL_PACKETS ", sum" NOROSHI_SQL_BYTES
    ", countIf(sampling_rate = 0), sum(toFloat64" NOROSHI_SQL_PACKETS
    " * sampling_rate), sum(toFloat64" NOROSHI_SQL_BYTES " * sampling_rate)";
constexpr SqlWords kSumsOfSums =
    "sum(flows), sum(packets), sum(bytes), sum(flows_of_unknown_sampling), "
    "sum(estimated_packets), sum(estimated_bytes)";
constexpr SqlWords kInsertedColumns =
    " (hour, revision, start, exporter, dimension, value, flows, packets, bytes, "
    "flows_of_unknown_sampling, estimated_packets, estimated_bytes) ";

void write_step(Statement& sql, SqlWords time, std::uint64_t step) {
  sql << "intDiv(" << time << ", " << step << ") * " << step << " AS begin";
}

/// Alone or all together.
void write_exporter(Statement& sql, bool by_exporter) {
  if (by_exporter)
    sql << "exporter AS at";
  else
    sql << IpAddress() << " AS at";
}

void write_values(Statement& sql, const TrendQuestion& question, SqlWords column) {
  if (question.values.empty()) return;
  sql << " AND " << column << " IN (";
  SqlList list(", ");
  for (const auto value : question.values) {
    list.next(sql);
    sql << value;
  }
  sql << ")";
}

void write_constants(Statement& sql, std::uint64_t hour, std::uint64_t revision) {
  sql << "SELECT toUInt32(" << hour << "), toUInt64(" << revision << "), ";
}

Statement minutes_of_rows(std::uint64_t hour, std::uint64_t revision, Dimension dimension) {
  Statement sql;
  sql << "INSERT INTO noroshi.rollup_1m" << kInsertedColumns;
  write_constants(sql, hour, revision);
  write_step(sql, "last", 60'000);
  sql << ", exporter, toUInt8(" << static_cast<std::uint64_t>(dimension) << "), "
      << value_of(dimension) << " AS of, " << kSumsOfRows
      << " FROM noroshi.flows WHERE last >= " << hour * kHour << " AND last < "
      << (hour + 1) * kHour;
  if (dimension != Dimension::kRows) sql << " AND kind < 2";
  return sql << " GROUP BY begin, exporter, of";
}

Statement longer_steps(std::uint64_t hour, std::uint64_t revision, SqlWords from, SqlWords to,
                       std::uint64_t step) {
  Statement sql;
  sql << "INSERT INTO noroshi." << to << kInsertedColumns;
  write_constants(sql, hour, revision);
  write_step(sql, "start", step);
  return sql << ", exporter, dimension, value, " << kSumsOfSums << " FROM noroshi." << from
             << " WHERE hour = " << hour << " AND revision = " << revision
             << " GROUP BY begin, exporter, dimension, value";
}

}  // namespace

std::span<const StoredTable> rollup_tables() { return kTables; }

std::vector<Statement> rollup_sql(std::uint64_t hour, std::uint64_t revision) {
  std::vector<Statement> statements;
  // The count of all rows comes first: what arrives from then on makes it differ, and is found.
  for (const auto dimension : kDimensions)
    statements.push_back(minutes_of_rows(hour, revision, dimension));
  statements.push_back(longer_steps(hour, revision, "rollup_1m", "rollup_5m", 300'000));
  statements.push_back(longer_steps(hour, revision, "rollup_5m", "rollup_1h", kHour));
  Statement valid;
  valid << "INSERT INTO noroshi.rollup_hours (hour, revision, rows) ";
  write_constants(valid, hour, revision);
  valid << "sum(flows) FROM noroshi.rollup_1m WHERE hour = " << hour
        << " AND revision = " << revision
        << " AND dimension = " << static_cast<std::uint64_t>(Dimension::kRows);
  statements.push_back(std::move(valid));
  return statements;
}

SqlWords rollup_for(std::uint64_t step) {
  if (step % kHour == 0) return "rollup_1h";
  if (step % 300'000 == 0) return "rollup_5m";
  return "rollup_1m";
}

Statement trend_sql(const TrendQuestion& question, const SqlTable& table,
                    std::span<const std::uint64_t> without) {
  Statement sql;
  sql << "SELECT ";
  write_step(sql, "start", question.step);
  sql << ", ";
  write_exporter(sql, question.by_exporter);
  sql << ", value, " << kSumsOfSums << " FROM " << table
      << " WHERE start >= " << question.window.from << " AND start < " << question.window.to
      << " AND dimension = " << static_cast<std::uint64_t>(question.dimension)
      << " AND (hour, revision) IN (SELECT hour, max(revision) FROM noroshi.rollup_hours "
         "GROUP BY hour)";
  if (!without.empty()) {
    sql << " AND hour NOT IN (";
    SqlList list(", ");
    for (const auto hour : without) {
      list.next(sql);
      sql << hour;
    }
    sql << ")";
  }
  write_values(sql, question, "value");
  return sql << " GROUP BY begin, at, value";
}

Statement trend_of_rows_sql(const TrendQuestion& question, std::uint64_t hour,
                            const SqlTable& table) {
  Statement sql;
  sql << "SELECT ";
  write_step(sql, "last", question.step);
  sql << ", ";
  write_exporter(sql, question.by_exporter);
  sql << ", " << value_of(question.dimension) << " AS of, " << kSumsOfRows << " FROM " << table
      << " WHERE last >= " << std::max(hour * kHour, question.window.from) << " AND last < "
      << std::min((hour + 1) * kHour, question.window.to);
  if (question.dimension != Dimension::kRows) sql << " AND kind < 2";
  write_values(sql, question, value_of(question.dimension));
  return sql << " GROUP BY begin, at, of";
}

}  // namespace noroshi
