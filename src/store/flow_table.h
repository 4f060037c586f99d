#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/flow_batch.h"
#include "store/batch_store.h"
#include "store/engine.h"
#include "store/table.h"

namespace noroshi {

/// The table "flows": every field of a FlowBatch under its own name, but for `first`, in whose
/// place stands `duration`, last − first modulo 2⁶⁴, which takes a third of the disk; then `batch`,
/// and `number`, the row's place in its batch. Partitioned by the hour of `last`, ordered by
/// arrival.
[[nodiscard]] const StoredTable& flow_table();
/// The columns of a FlowBatch, without `batch` and `number`.
[[nodiscard]] std::span<const StoredColumn> flow_fields();

/// The rows of a FlowBatch as a Block of "flows", viewing the batch, which must stay where it is.
/// Columns that are zero in every row are left out: the table's default is zero.
class FlowBlock {
 public:
  FlowBlock(const FlowBatch& rows, BatchId batch);
  FlowBlock(const FlowBlock&) = delete;
  FlowBlock& operator=(const FlowBlock&) = delete;

  [[nodiscard]] const Block& block() const { return block_; }

 private:
  std::vector<std::uint64_t> duration_;
  std::vector<std::uint64_t> batch_;
  std::vector<std::uint32_t> number_;
  Block block_;
};

}  // namespace noroshi
