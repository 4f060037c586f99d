#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/check.h"
#include "record/format.h"
#include "record/memory_stream.h"

namespace noroshi {

/// Opens `bytes` with one reader and reads to the end; what holds of every text recording is
/// checked on the way. Empty when the reader refuses the bytes.
inline FlowBatch read_all(const RecordingFormat& format, std::span<const std::byte> bytes,
                          RecordingStatistics* statistics = nullptr) {
  FlowBatch all(16);
  const auto head = bytes.first(std::min(bytes.size(), kSniffLength));
  // Recognising is asked of every file; opening also of what another part of the file looked like.
  const bool recognised = format.recognises(head);
  // Lines shorter and longer than a read, and ends of reads anywhere in a line.
  const std::size_t largest_read = bytes.empty() ? 0 : 1 + bytes.size() % 61;
  auto stream =
      std::make_unique<MemoryStream>(std::vector(bytes.begin(), bytes.end()), largest_read);
  const auto recording = format.open(Input(std::move(stream)), {});
  if (!recording) {
    CHECK(!recording.error().message.empty());
    return all;
  }
  FlowBatch batch(16);
  while (true) {
    const auto more = (*recording)->read(batch);
    CHECK(more.has_value());
    CHECK(*more == !batch.empty());
    if (!*more) break;
    CHECK(batch.size() <= Recording::kRowsPerRead);
    if (recognised)
      for (std::size_t row = 0; row < batch.size(); ++row) all.append_row(batch, row);
  }
  const auto& seen = (*recording)->statistics();
  CHECK(seen.decode.records == seen.decode.flows + seen.decode.events + seen.packets_ignored);
  CHECK(!recognised || seen.decode.flows + seen.decode.events == all.size());
  if (statistics != nullptr) *statistics = seen;
  return all;
}

/// What our own formats promise: flows written and read again are the same flows.
inline void check_reads_back(const RecordingFormat& format, const FlowBatch& flows,
                             const std::string& text) {
  RecordingStatistics statistics;
  const auto again = read_all(format, std::as_bytes(std::span(text)), &statistics);
  CHECK(statistics.damage.empty());
  CHECK(again.size() == flows.size());
#define NOROSHI_FLOW_SAME(name, type)                  \
  for (std::size_t row = 0; row < flows.size(); ++row) \
    CHECK(again.name()[row] == flows.name()[row]);
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_SAME)
#undef NOROSHI_FLOW_SAME
}

}  // namespace noroshi
