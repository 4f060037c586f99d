#include "store/row_reader.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/byte_reader.h"
#include "store/row_stream.h"
#include "store/sql/question_sql.h"

namespace noroshi {
namespace {

constexpr std::size_t kRowsAtOnce = 8192;

#define NOROSHI_FLOW_OCTETS(name, type) +sizeof(type)
constexpr std::size_t kOctets = 0 NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_OCTETS);
#undef NOROSHI_FLOW_OCTETS

template <typename T>
T read_value(ByteReader& reader) {
  if constexpr (std::is_same_v<T, std::uint8_t>) return reader.read_u8();
  if constexpr (std::is_same_v<T, std::uint16_t>) return reader.read_u16_le();
  if constexpr (std::is_same_v<T, std::uint32_t>) return reader.read_u32_le();
  if constexpr (std::is_same_v<T, std::uint64_t>) return reader.read_u64_le();
  if constexpr (std::is_same_v<T, IpAddress>) {
    std::array<std::byte, 16> bytes{};
    const auto read = reader.read_bytes(bytes.size());
    std::copy(read.begin(), read.end(), bytes.begin());
    return IpAddress::from_bytes(bytes);
  }
}

}  // namespace

Status read_rows(Engine& engine, const Granted<RowsQuestion>& granted,
                 const std::function<Status(const FlowBatch&)>& sink) {
  FlowBatch batch(kRowsAtOnce);
  const auto hand_on = [&]() -> Status {
    if (batch.empty()) return {};
    TRY(sink(batch));
    batch.clear();
    return {};
  };
  RowStream rows(kOctets, [&](std::span<const std::byte> bytes) -> Status {
    ByteReader reader(bytes);
    while (!reader.at_end()) {
      const auto row = batch.append(1);
#define NOROSHI_FLOW_READ(name, type) batch.mutable_##name()[row] = read_value<type>(reader);
      NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_READ)
#undef NOROSHI_FLOW_READ
      if (batch.size() == kRowsAtOnce) TRY(hand_on());
    }
    return {};
  });
  const auto name = engine.readable("flows");
  TRY(engine.stream(rows_sql(granted.question(), granted.terms().hidden, {name}).text(),
                    [&](std::span<const std::byte> piece) { return rows.take(piece); }));
  TRY(rows.finish());
  return hand_on();
}

}  // namespace noroshi
