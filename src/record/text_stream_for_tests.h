#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "model/flow_batch.h"
#include "record/recording.h"

namespace noroshi {

/// Text at hand as a file, handed out in pieces of an awkward size so that lines straddle reads.
class TextStream final : public ByteStream {
 public:
  explicit TextStream(std::string text) : text_(std::move(text)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    constexpr std::size_t kPiece = 4099;
    const auto length = std::min({buffer.size(), text_.size() - position_, kPiece});
    std::memcpy(buffer.data(), text_.data() + position_, length);
    position_ += length;
    return length;
  }
  std::uint64_t consumed() const override { return position_; }
  std::uint64_t total() const override { return text_.size(); }

 private:
  std::string text_;
  std::size_t position_ = 0;
};

struct ReadRecording {
  std::string format;
  FlowBatch batch;
  RecordingStatistics statistics;
  std::string error;
};

/// Opens and reads a whole text recording; `error` says why it could not.
inline ReadRecording read_whole(const std::string& text, const RecordingOptions& options = {}) {
  ReadRecording result;
  const auto recording = open_recording(std::make_unique<TextStream>(text), "test", options);
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
