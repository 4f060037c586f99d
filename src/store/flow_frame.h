#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/flow_batch.h"

namespace noroshi {

/// Flows as one block of bytes: the columns that hold anything, compressed (LZ4). The layout stands
/// in docs/reference/delivery.md, "Frame". Carries no checksum: what stores it adds one.
///
/// `flows` has at most kMostFrameRows rows.
[[nodiscard]] std::vector<std::byte> encode_frame(const FlowBatch& flows);
inline constexpr std::size_t kMostFrameRows = 500'000;

/// Reads a frame back. Nothing in it is trusted. Fails with kTruncated or kMalformed, and with
/// kUnsupported where a newer Noroshi wrote it (a version or a field that is not known here).
[[nodiscard]] Result<FlowBatch> decode_frame(std::span<const std::byte> frame);

}  // namespace noroshi
