#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "store/engine.h"
#include "store/table.h"

namespace noroshi {

/// What stands in the place of an address of traffic, in a row that belongs to an hour (key_hour()
/// of a flow, a contact's own): itself, where nothing is to change.
using AddressChange =
    std::function<Result<IpAddress>(const IpAddress& address, std::uint64_t hour)>;

/// Rows of "flows" or "contacts" as columns in memory, on their way from a SELECT of all columns of
/// their table back into an insert. Not thread-safe.
class ChangedRows {
 public:
  explicit ChangedRows(std::span<const StoredColumn> columns);

  /// Adds rows in RowBinary. kMalformed where they are cut short.
  Status read(std::span<const std::byte> row_binary);
  /// Changes every address but that of the exporter, which is the provider's own, as the door does.
  Status change(const AddressChange& change);

  [[nodiscard]] std::size_t size() const { return rows_; }
  /// Views these rows, which must stay where they are.
  [[nodiscard]] Block block(std::string_view table) const;

 private:
  struct Column {
    std::string_view name;
    StoredType type = StoredType::kUInt8;
    std::vector<std::byte> values;
    std::vector<std::uint32_t> offsets;
  };
  template <typename T>
  [[nodiscard]] T value(const Column& column, std::size_t row) const;
  [[nodiscard]] const Column& column(std::string_view name) const;
  [[nodiscard]] std::uint64_t hour_of(std::size_t row) const;

  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

}  // namespace noroshi
