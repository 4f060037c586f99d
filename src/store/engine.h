#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace noroshi {

/// The column types we store: ClickHouse's UInt8 … UInt64, Float64, FixedString(16), and String for
/// bytes of any number.
enum class StoredType : std::uint8_t {
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat64,
  kBytes16,
  kBytes,
};
/// 0 for kBytes, whose values differ in length.
[[nodiscard]] constexpr std::size_t size_of(StoredType type) {
  switch (type) {
    case StoredType::kUInt8:
      return 1;
    case StoredType::kUInt16:
      return 2;
    case StoredType::kUInt32:
      return 4;
    case StoredType::kUInt64:
    case StoredType::kFloat64:
      return 8;
    case StoredType::kBytes16:
      return 16;
    case StoredType::kBytes:
      return 0;
  }
  return 0;
}

/// Rows of one table in columns, viewing memory of the caller: integers in host order.
struct Block {
  struct ColumnView {
    std::string_view name;
    StoredType type;
    const std::byte* values;  ///< rows · size_of(type) bytes
    /// kBytes only: rows + 1 ascending positions in `values`; row i is [offsets[i], offsets[i +
    /// 1]). Below 2³¹.
    const std::uint32_t* offsets = nullptr;
  };
  std::string_view table;  ///< without its database: "flows"
  std::size_t rows = 0;
  /// Columns that are not given take the table's default, which is zero.
  std::vector<ColumnView> columns;
};

/// A ClickHouse that history is kept in, of whatever kind: in this process, or servers over HTTP.
/// Speaks SQL that both ends of the range understand (18.16 and current). All tables stand in the
/// database "noroshi".
///
/// Safe to use from several threads. Statements must come from store/sql: nothing else makes SQL
/// text.
class Engine {
 public:
  virtual ~Engine() = default;

  /// "embedded 26.5.3 in /var/lib/noroshi/history", "cluster of 2 shards: …", for people.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// major · 1000 + minor of the oldest shard that has answered so far: 18016, 26005.
  [[nodiscard]] virtual std::uint32_t version() const = 0;
  [[nodiscard]] virtual std::size_t shards() const = 0;
  /// Whether other programs may write to it at the same time.
  [[nodiscard]] virtual bool is_shared() const = 0;
  /// What SELECTs name to read a table over all shards: "noroshi.flows" embedded, its Distributed
  /// twin "noroshi.flows_everywhere" on a cluster.
  [[nodiscard]] virtual std::string readable(std::string_view table) const = 0;
  /// DDL to run after a table was created, so that readable() works; empty where nothing is needed.
  [[nodiscard]] virtual std::string make_readable(std::string_view table) const = 0;

  /// Runs a statement without an answer on every shard (ALTER … DROP PARTITION).
  virtual Status execute(std::string_view statement) = 0;
  /// The same on one shard (DDL).
  virtual Status execute_on(std::size_t shard, std::string_view statement) = 0;
  /// Runs a statement on one shard and returns its answer in RowBinary: local tables, system
  /// tables.
  [[nodiscard]] virtual Result<std::vector<std::byte>> ask_shard(std::size_t shard,
                                                                 std::string_view select) = 0;
  /// Runs a SELECT over all shards (its tables named by readable()); the answer in RowBinary.
  [[nodiscard]] virtual Result<std::vector<std::byte>> ask(std::string_view select) = 0;
  /// The same, handed on in pieces as they arrive (rows may be cut anywhere). An error of `sink`
  /// ends it and is returned.
  using Sink = std::function<Status(std::span<const std::byte>)>;
  virtual Status stream(std::string_view select, const Sink& sink) = 0;
  /// The answer as a Parquet file, in pieces; kUnsupported where the engine cannot.
  virtual Status stream_parquet(std::string_view select, const Sink& sink) {
    (void)select;
    (void)sink;
    return failure(ErrorCode::kUnsupported,
                   "Parquet is written by the embedded engine only: ask for CSV or JSON");
  }

  /// Inserts a block into one shard's local table as one atomic part: at most kMostRows rows of one
  /// partition. Ok means the engine has it. kUnavailable: it has not. kUnclear: ask before sending
  /// again. Other errors: it refused, and will again.
  virtual Status insert(std::size_t shard, const Block& block) = 0;
  static constexpr std::size_t kMostRows = 500'000;
};

}  // namespace noroshi
