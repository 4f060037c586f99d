#pragma once

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "record/input.h"

namespace noroshi {

/// Bytes already in memory, as a stream. `largest_read` bounds what one read() gives, as a pipe
/// would; zero leaves it to the reader.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(std::vector<std::byte> bytes, std::size_t largest_read = 0)
      : bytes_(std::move(bytes)), largest_read_(largest_read) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    auto length = std::min(buffer.size(), bytes_.size() - position_);
    if (largest_read_ != 0) length = std::min(length, largest_read_);
    if (length > 0) std::memcpy(buffer.data(), bytes_.data() + position_, length);
    position_ += length;
    return length;
  }
  std::uint64_t consumed() const override { return position_; }
  std::uint64_t total() const override { return bytes_.size(); }

 private:
  std::vector<std::byte> bytes_;
  std::size_t largest_read_;
  std::size_t position_ = 0;
};

}  // namespace noroshi
