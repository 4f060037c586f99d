#include "store/table.h"

namespace noroshi {
namespace {

SqlWords type_of(StoredType type) {
  switch (type) {
    case StoredType::kUInt8:
      return "UInt8";
    case StoredType::kUInt16:
      return "UInt16";
    case StoredType::kUInt32:
      return "UInt32";
    case StoredType::kUInt64:
      return "UInt64";
    case StoredType::kFloat64:
      return "Float64";
    case StoredType::kBytes16:
      return "FixedString(16)";
    case StoredType::kBytes:
      return "String";
  }
  return "";
}

}  // namespace

Statement create_table(const StoredTable& table, std::uint32_t engine_version) {
  Statement sql;
  sql << "CREATE TABLE IF NOT EXISTS noroshi." << table.name << " (";
  SqlList list(", ");
  for (const auto& column : table.columns) {
    list.next(sql);
    sql << column.name << " " << type_of(column.type);
    if (engine_version >= kCodecsSince) sql << " CODEC(" << column.codec << ")";
  }
  if (engine_version >= kSkipIndexesSince) sql << table.indexes;
  sql << ") ENGINE = MergeTree PARTITION BY " << table.partition << " ORDER BY " << table.order;
  // Parts are merged many at a time or not at all: the default selector rewrites every row several
  // times, which took more processor time than inserting it.
  if (engine_version >= kMergeSelectorSince) sql << " SETTINGS merge_selector_base = 20";
  return sql;
}

}  // namespace noroshi
