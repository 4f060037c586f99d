#pragma once

#include <cstdint>
#include <span>

#include "model/flow_batch.h"

namespace noroshi {

/// True when every byte is zero: a column of a batch that nobody wrote, and that need not be copied
/// or stored.
[[nodiscard]] bool is_zero(std::span<const std::byte> bytes);

/// Appends copies of all rows of `from`, column by column.
void append_all(FlowBatch& to, const FlowBatch& from);
/// Appends copies of the rows of `from` with these indexes, in this order.
void append_rows(FlowBatch& to, const FlowBatch& from, std::span<const std::uint32_t> rows);

}  // namespace noroshi
