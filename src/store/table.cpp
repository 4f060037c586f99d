#include "store/table.h"

namespace noroshi {

SqlWords name_of(StoredType type) {
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

Statement create_table(const StoredTable& table, std::uint32_t engine_version) {
  Statement sql;
  sql << "CREATE TABLE IF NOT EXISTS noroshi." << table.name << " (";
  SqlList list(", ");
  for (const auto& column : table.columns) {
    list.next(sql);
    sql << column.name << " " << name_of(column.type);
    if (engine_version >= kCodecsSince) sql << " CODEC(" << column.codec << ")";
  }
  if (engine_version >= kSkipIndexesSince) sql << table.indexes;
  sql << ") ENGINE = MergeTree PARTITION BY " << table.partition << " ORDER BY " << table.order;
  if (engine_version >= kMergeTreeSettingsSince)
    sql << " SETTINGS " << kMergeTreeSettings << table.settings;
  return sql;
}

Statement change_settings(const StoredTable& table) {
  Statement sql;
  return sql << "ALTER TABLE noroshi." << table.name << " MODIFY SETTING " << kMergeTreeSettings;
}

}  // namespace noroshi
