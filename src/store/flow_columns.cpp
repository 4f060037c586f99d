#include "store/flow_columns.h"

#include <cstring>

namespace noroshi {

bool is_zero(std::span<const std::byte> bytes) {
  if (bytes.empty()) return true;
  // Comparing the bytes with themselves, shifted by one, says that all equal the first.
  return bytes[0] == std::byte{0} &&
         std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

void append_all(FlowBatch& to, const FlowBatch& from) {
  if (from.empty()) return;
  const auto target = to.append(from.size());
#define NOROSHI_FLOW_COPY(name, type)                                                          \
  if (const auto values = from.name(); !is_zero(std::as_bytes(values)))                        \
    std::memcpy(static_cast<void*>(to.mutable_##name().subspan(target).data()), values.data(), \
                values.size_bytes());
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_COPY)
#undef NOROSHI_FLOW_COPY
}

void append_rows(FlowBatch& to, const FlowBatch& from, std::span<const std::uint32_t> rows) {
  if (rows.empty()) return;
  const auto target = to.append(rows.size());
#define NOROSHI_FLOW_COPY(name, type)                                               \
  if (const auto values = from.name(); !is_zero(std::as_bytes(values))) {           \
    const auto column = to.mutable_##name().subspan(target);                        \
    for (std::size_t at = 0; at < rows.size(); ++at) column[at] = values[rows[at]]; \
  }
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_COPY)
#undef NOROSHI_FLOW_COPY
}

}  // namespace noroshi
