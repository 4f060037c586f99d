#include "store/cluster/native_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "base/byte_writer.h"
#include "base/check.h"
#include "store/table.h"

namespace noroshi {
namespace {

/// LEB128, as ClickHouse writes every count and length.
void write_count(ByteWriter& writer, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) writer.write_u8(static_cast<std::uint8_t>(value | 0x80));
  writer.write_u8(static_cast<std::uint8_t>(value));
}

void write_text(ByteWriter& writer, std::string_view text) {
  write_count(writer, text.size());
  writer.write_bytes(std::as_bytes(std::span(text)));
}

void write_values(ByteWriter& writer, const Block::ColumnView& column, std::size_t rows) {
  if (column.type != StoredType::kBytes) {
    writer.write_bytes({column.values, rows * size_of(column.type)});
    return;
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const auto begin = column.offsets[row];
    const auto length = column.offsets[row + 1] - begin;
    write_count(writer, length);
    writer.write_bytes({column.values + begin, length});
  }
}

std::string_view checked(std::string_view name) {
  CHECK(!name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
  }));
  return name;
}

}  // namespace

std::vector<std::byte> encode_native(const Block& block) {
  ByteWriter writer;
  write_count(writer, block.columns.size());
  write_count(writer, block.rows);
  for (const auto& column : block.columns) {
    write_text(writer, column.name);
    write_text(writer, name_of(column.type).text());
    write_values(writer, column, block.rows);
  }
  return writer.take();
}

std::string insert_statement(const Block& block) {
  std::string names;
  for (const auto& column : block.columns) {
    if (!names.empty()) names += ", ";
    names += checked(column.name);
  }
  return fmt::format("INSERT INTO noroshi.{} ({}) FORMAT Native", checked(block.table), names);
}

}  // namespace noroshi
