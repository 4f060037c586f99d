#include "store/rewritten_partition.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "guard/pseudonym/key_hour.h"
#include "store/contact_table.h"
#include "store/flow_table.h"
#include "store/sql/statement.h"

namespace noroshi {
namespace {

/// Rows that are held in memory at once.
constexpr std::uint64_t kRowsAtOnce = 100'000;
constexpr std::string_view kExporter = "exporter";  // the provider's own, as at the door

/// A table that addresses are rewritten in, and the one beside it that new rows gather in.
struct Rewritten {
  const StoredTable& table;
  SqlWords name;     ///< with its database
  SqlWords staging;  ///< without
  SqlWords staging_name;
  SqlWords hour;  ///< expression of the hour since 1970
};

const Rewritten* find_table(std::string_view name) {
  static const Rewritten kFlows{flow_table(), "noroshi.flows", "flows_rewritten",
                                "noroshi.flows_rewritten", "intDiv(last, 3600000)"};
  static const Rewritten kContacts{contact_table(), "noroshi.contacts", "contacts_rewritten",
                                   "noroshi.contacts_rewritten", "hour"};
  for (const auto* table : {&kFlows, &kContacts})
    if (table->table.name.text() == name) return table;
  return nullptr;
}

/// Rows as columns in memory: what a SELECT of all columns gave, and what an insert takes.
class Rows {
 public:
  explicit Rows(std::span<const StoredColumn> columns) : columns_(columns.size()) {
    for (std::size_t at = 0; at < columns.size(); ++at) {
      columns_[at].name = columns[at].name.text();
      columns_[at].type = columns[at].type;
    }
  }

  Status read(std::span<const std::byte> row_binary) {
    ByteReader reader(row_binary);
    while (!reader.at_end()) {
      for (auto& column : columns_) {
        auto size = size_of(column.type);
        if (column.type == StoredType::kBytes) {
          if (column.offsets.empty()) column.offsets.push_back(0);
          size = read_length(reader);
        }
        const auto bytes = reader.read_bytes(size);
        column.values.insert(column.values.end(), bytes.begin(), bytes.end());
        if (column.type == StoredType::kBytes)
          column.offsets.push_back(static_cast<std::uint32_t>(column.values.size()));
      }
      if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine's rows are cut short");
      ++rows_;
    }
    return {};
  }

  Status change(const AddressChange& change) {
    for (auto& column : columns_) {
      if (column.type != StoredType::kBytes16 || column.name == kExporter) continue;
      for (std::size_t row = 0; row < rows_; ++row) {
        std::array<std::byte, 16> bytes{};
        std::memcpy(bytes.data(), column.values.data() + row * bytes.size(), bytes.size());
        const auto changed = TRY(change(IpAddress::from_bytes(bytes), hour_of(row)));
        std::memcpy(column.values.data() + row * bytes.size(), changed.bytes().data(),
                    bytes.size());
      }
    }
    return {};
  }

  [[nodiscard]] Block block(std::string_view table) const {
    Block block{.table = table, .rows = rows_, .columns = {}};
    for (const auto& column : columns_)
      block.columns.push_back({column.name, column.type, column.values.data(),
                               column.offsets.empty() ? nullptr : column.offsets.data()});
    return block;
  }
  [[nodiscard]] std::size_t size() const { return rows_; }

 private:
  struct Column {
    std::string_view name;
    StoredType type = StoredType::kUInt8;
    std::vector<std::byte> values;
    std::vector<std::uint32_t> offsets;
  };

  static std::size_t read_length(ByteReader& reader) {
    std::size_t length = 0;
    for (unsigned shift = 0; shift < 63 && reader.ok(); shift += 7) {
      const auto byte = reader.read_u8();
      length |= std::size_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return length;
  }

  template <typename T>
  [[nodiscard]] std::uint64_t number(std::string_view name, std::size_t row) const {
    const auto found = std::ranges::find(columns_, name, &Column::name);
    T value = 0;
    if (found != columns_.end())
      std::memcpy(&value, found->values.data() + row * sizeof(T), sizeof(T));
    return value;
  }
  [[nodiscard]] std::uint64_t hour_of(std::size_t row) const {
    if (columns_.front().name == "hour") return number<std::uint32_t>("hour", row);
    return key_hour(number<std::uint64_t>("last", row), number<std::uint64_t>("received", row));
  }

  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

/// One partition of one shard.
class Rewriting {
 public:
  Rewriting(Engine& engine, std::size_t shard, const Rewritten& rewritten,
            const Partition& partition)
      : engine_(engine), shard_(shard), rewritten_(rewritten), partition_(partition) {}

  Status run(const AddressChange& change) {
    const auto batches = TRY(this->batches());
    if (batches.empty()) return {};
    TRY(drop_staging());
    Statement create;
    create << "CREATE TABLE " << rewritten_.staging_name << " AS " << rewritten_.name;
    TRY(engine_.execute_on(shard_, create.text()));
    for (auto first = batches.begin(); first != batches.end();) {
      auto last = first;
      std::uint64_t rows = 0;
      while (last != batches.end() && (last == first || rows + last->second <= kRowsAtOnce))
        rows += (last++)->second;
      TRY(copy(first->first, std::prev(last)->first, change));
      first = last;
    }
    if (TRY(count(rewritten_.name)) != copied_ || TRY(count(rewritten_.staging_name)) != copied_)
      return failure(ErrorCode::kUnavailable,
                     "rows came into an hour while it was rewritten: let nobody else write there");
    Statement replace;
    replace << "ALTER TABLE " << rewritten_.name << " REPLACE PARTITION " << partition_.number
            << " FROM " << rewritten_.staging_name;
    TRY(engine_.execute_on(shard_, replace.text()));
    return drop_staging();
  }

 private:
  Status drop_staging() {
    Statement sql;
    sql << "DROP TABLE IF EXISTS " << rewritten_.staging_name;
    return engine_.execute_on(shard_, sql.text());
  }

  void where(Statement& sql) const {
    sql << " WHERE " << rewritten_.hour << " >= " << partition_.begin << " AND " << rewritten_.hour
        << " < " << partition_.end;
  }

  /// Batch and rows, by batch.
  Result<std::vector<std::pair<std::uint64_t, std::uint64_t>>> batches() {
    Statement sql;
    sql << "SELECT batch, toUInt64(count()) FROM " << rewritten_.name;
    where(sql);
    sql << " GROUP BY batch ORDER BY batch";
    const auto answer = TRY(engine_.ask_shard(shard_, sql.text()));
    std::vector<std::pair<std::uint64_t, std::uint64_t>> batches;
    ByteReader reader(answer);
    while (!reader.at_end()) {
      const auto batch = reader.read_u64_le();
      batches.emplace_back(batch, reader.read_u64_le());
    }
    if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not tell batches");
    return batches;
  }

  Result<std::uint64_t> count(SqlWords table) {
    Statement sql;
    sql << "SELECT toUInt64(count()) FROM " << table;
    where(sql);
    const auto answer = TRY(engine_.ask_shard(shard_, sql.text()));
    ByteReader reader(answer);
    const auto number = reader.read_u64_le();
    if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not count");
    return number;
  }

  Status copy(std::uint64_t first_batch, std::uint64_t last_batch, const AddressChange& change) {
    Statement sql;
    sql << "SELECT ";
    SqlList list(", ");
    for (const auto& column : rewritten_.table.columns) {
      list.next(sql);
      sql << column.name;
    }
    sql << " FROM " << rewritten_.name;
    where(sql);
    sql << " AND batch >= " << first_batch << " AND batch <= " << last_batch;
    const auto answer = TRY(engine_.ask_shard(shard_, sql.text()));
    Rows rows(rewritten_.table.columns);
    TRY(rows.read(answer));
    TRY(rows.change(change));
    copied_ += rows.size();
    if (rows.size() == 0) return {};
    return engine_.insert(shard_, rows.block(rewritten_.staging.text()));
  }

  Engine& engine_;
  const std::size_t shard_;
  const Rewritten& rewritten_;
  const Partition& partition_;
  std::uint64_t copied_ = 0;
};

}  // namespace

Status rewrite_partition(Engine& engine, const Granted<ClearRowsQuestion>& /*granted*/,
                         const Partition& partition, const AddressChange& change) {
  const auto* table = find_table(partition.table);
  if (table == nullptr)
    return failure(ErrorCode::kInvalidArgument, partition.table + ": it holds no addresses");
  for (std::size_t shard = 0; shard < engine.shards(); ++shard)
    TRY(Rewriting(engine, shard, *table, partition).run(change));
  return {};
}

}  // namespace noroshi
