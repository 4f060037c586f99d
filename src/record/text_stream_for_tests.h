#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/flow_batch.h"
#include "record/memory_stream.h"
#include "record/recording.h"

namespace noroshi {

/// Text at hand as a file, handed out in pieces of an awkward size so that lines straddle reads.
inline std::unique_ptr<ByteStream> text_stream(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return std::make_unique<MemoryStream>(std::vector(bytes.begin(), bytes.end()), 4099);
}

struct ReadText {
  std::string format;
  FlowBatch batch;
  RecordingStatistics statistics;
  std::string error;
};

/// Opens and reads a whole text recording; `error` says why it could not.
inline ReadText read_whole(const std::string& text, const RecordingOptions& options = {}) {
  ReadText result;
  const auto recording = open_recording(text_stream(text), "test", options);
  if (!recording) {
    result.error = recording.error().message;
    return result;
  }
  result.format = (*recording)->format();
  FlowBatch batch;
  while (true) {
    const auto more = (*recording)->read(batch);
    if (!more) result.error = more.error().message;
    if (!more || !*more) break;
    for (std::size_t row = 0; row < batch.size(); ++row) result.batch.append_row(batch, row);
  }
  result.statistics = (*recording)->statistics();
  return result;
}

inline std::string read_error(const std::string& text) { return read_whole(text).error; }

}  // namespace noroshi
