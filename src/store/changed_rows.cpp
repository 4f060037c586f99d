#include "store/changed_rows.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/byte_reader.h"
#include "base/check.h"
#include "guard/pseudonym/key_hour.h"

namespace noroshi {
namespace {

constexpr std::string_view kExporter = "exporter";

/// The length of a String in RowBinary (unsigned LEB128).
std::size_t read_length(ByteReader& reader) {
  std::size_t length = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const auto octet = reader.read_u8();
    length |= std::size_t{octet & 0x7fU} << shift;
    if (octet < 0x80) break;
  }
  return length;
}

}  // namespace

ChangedRows::ChangedRows(std::span<const StoredColumn> columns) : columns_(columns.size()) {
  for (std::size_t at = 0; at < columns.size(); ++at) {
    columns_[at].name = columns[at].name.text();
    columns_[at].type = columns[at].type;
    if (columns_[at].type == StoredType::kBytes) columns_[at].offsets.push_back(0);
  }
}

Status ChangedRows::read(std::span<const std::byte> row_binary) {
  ByteReader reader(row_binary);
  while (!reader.at_end()) {
    for (auto& column : columns_) {
      const auto size =
          column.type == StoredType::kBytes ? read_length(reader) : size_of(column.type);
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

Status ChangedRows::change(const AddressChange& change) {
  for (auto& column : columns_) {
    if (column.type != StoredType::kBytes16 || column.name == kExporter) continue;
    for (std::size_t row = 0; row < rows_; ++row) {
      std::array<std::byte, 16> bytes{};
      auto* const stored = column.values.data() + row * bytes.size();
      std::memcpy(bytes.data(), stored, bytes.size());
      const auto changed = TRY(change(IpAddress::from_bytes(bytes), hour_of(row)));
      std::memcpy(stored, changed.bytes().data(), bytes.size());
    }
  }
  return {};
}

Block ChangedRows::block(std::string_view table) const {
  Block block{.table = table, .rows = rows_, .columns = {}};
  for (const auto& column : columns_)
    block.columns.push_back({column.name, column.type, column.values.data(),
                             column.offsets.empty() ? nullptr : column.offsets.data()});
  return block;
}

template <typename T>
T ChangedRows::value(const Column& column, std::size_t row) const {
  T value = 0;
  std::memcpy(&value, column.values.data() + row * sizeof(T), sizeof(T));
  return value;
}

const ChangedRows::Column& ChangedRows::column(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name, &Column::name);
  CHECK(found != columns_.end());
  return *found;
}

std::uint64_t ChangedRows::hour_of(std::size_t row) const {
  // Only contacts know their hour; a flow's follows from its times.
  if (columns_.front().name == "hour") return value<std::uint32_t>(columns_.front(), row);
  return key_hour(value<std::uint64_t>(column("last"), row),
                  value<std::uint64_t>(column("received"), row));
}

}  // namespace noroshi
