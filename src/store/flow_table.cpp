#include "store/flow_table.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <type_traits>

namespace noroshi {
namespace {

template <typename T>
constexpr StoredType type_of() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return StoredType::kUInt8;
  if constexpr (std::is_same_v<T, std::uint16_t>) return StoredType::kUInt16;
  if constexpr (std::is_same_v<T, std::uint32_t>) return StoredType::kUInt32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return StoredType::kUInt64;
  if constexpr (std::is_same_v<T, IpAddress>) return StoredType::kBytes16;
}

// The order of NOROSHI_FLOW_FIELDS; then our own two.
#define NOROSHI_FLOW_COLUMN(name, type) StoredColumn{#name, type_of<type>(), "ZSTD(1)"},
constexpr StoredColumn kColumns[] = {
    NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_COLUMN)  //
    {"batch", StoredType::kUInt64, "ZSTD(1)"},
    {"number", StoredType::kUInt32, "Delta(4), ZSTD(1)"},
};
#undef NOROSHI_FLOW_COLUMN

constexpr StoredTable kTable = {
    .name = "flows",
    .columns = kColumns,
    .partition = "intDiv(last, 3600000)",
    .order = "received",
    .indexes = "",
};

/// Whether every byte is zero. Stops early where one is not.
bool is_zero(std::span<const std::byte> bytes) {
  constexpr std::size_t kStep = 4096;
  for (; bytes.size() > kStep; bytes = bytes.subspan(kStep)) {
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < kStep; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + i, 8);
      any |= word;
    }
    if (any != 0) return false;
  }
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::byte byte) { return byte == std::byte{}; });
}

}  // namespace

const StoredTable& flow_table() { return kTable; }

std::span<const StoredColumn> flow_fields() {
  return std::span(kColumns).first(std::size(kColumns) - 2);
}

FlowBlock::FlowBlock(const FlowBatch& rows, BatchId batch)
    : batch_(rows.size(), batch), number_(rows.size()) {
  std::iota(number_.begin(), number_.end(), 0u);
  block_.table = kTable.name.text();
  block_.rows = rows.size();
  rows.for_each_field([&]<typename T>(std::string_view name, std::span<const T> values) {
    const auto bytes = std::as_bytes(values);
    if (!is_zero(bytes)) block_.columns.push_back({name, type_of<T>(), bytes.data()});
  });
  block_.columns.push_back({"batch", StoredType::kUInt64, std::as_bytes(std::span(batch_)).data()});
  block_.columns.push_back(
      {"number", StoredType::kUInt32, std::as_bytes(std::span(number_)).data()});
}

}  // namespace noroshi
