#include "store/flow_table.h"

#include <numeric>
#include <type_traits>

#include "store/flow_columns.h"

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

/// Measured on the rows of tests/bench/history_bench.cpp, for bytes first and then for time.
template <typename T>
consteval SqlWords codec_of() {
  if constexpr (sizeof(T) == 4 || sizeof(T) == 8) return "T64, ZSTD(1)";
  return "ZSTD(1)";
}

// The order of NOROSHI_FLOW_FIELDS, with the duration in the place of `first`; then our own two.
#define NOROSHI_FLOW_COLUMN(name, type)                                    \
  std::string_view(#name) == "first"                                       \
      ? StoredColumn{"duration", StoredType::kUInt64, "T64, ZSTD(1)"}      \
  : std::string_view(#name) == "received"                                  \
      ? StoredColumn{"received", StoredType::kUInt64, "Delta(8), ZSTD(1)"} \
      : StoredColumn{#name, type_of<type>(), codec_of<type>()},
constexpr StoredColumn kColumns[] = {
    NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_COLUMN)  //
    {"batch", StoredType::kUInt64, "T64, LZ4"},
    {"number", StoredType::kUInt32, "Delta(4), ZSTD(1)"},
};
#undef NOROSHI_FLOW_COLUMN

constexpr StoredTable kTable = {
    .name = "flows",
    .columns = kColumns,
    .partition = "intDiv(last, 3600000)",
    .order = "received",
    .indexes = "",
    .hours_of_partition = 1,
    // A question reads whole hours: larger pieces are packed and merged in less time, and smaller.
    .settings = ", index_granularity = 65536, index_granularity_bytes = 67108864",
};

}  // namespace

const StoredTable& flow_table() { return kTable; }

std::span<const StoredColumn> flow_fields() {
  return std::span(kColumns).first(std::size(kColumns) - 2);
}

FlowBlock::FlowBlock(const FlowBatch& rows, BatchId batch)
    : duration_(rows.size()), batch_(rows.size(), batch), number_(rows.size()) {
  std::iota(number_.begin(), number_.end(), 0u);
  block_.table = kTable.name.text();
  block_.rows = rows.size();
  for (std::size_t i = 0; i < rows.size(); ++i) duration_[i] = rows.last()[i] - rows.first()[i];
  const auto add = [&]<typename T>(std::string_view name, std::span<const T> values) {
    const auto bytes = std::as_bytes(values);
    if (!is_zero(bytes)) block_.columns.push_back({name, type_of<T>(), bytes.data()});
  };
  rows.for_each_field([&]<typename T>(std::string_view name, std::span<const T> values) {
    if (name == "first")
      add("duration", std::span<const std::uint64_t>(duration_));
    else
      add(name, values);
  });
  block_.columns.push_back({"batch", StoredType::kUInt64, std::as_bytes(std::span(batch_)).data()});
  block_.columns.push_back(
      {"number", StoredType::kUInt32, std::as_bytes(std::span(number_)).data()});
}

}  // namespace noroshi
