#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "record/input.h"

namespace noroshi {

/// A file in memory, for tests.
class BytesStream final : public ByteStream {
 public:
  explicit BytesStream(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = std::min(buffer.size(), bytes_.size() - position_);
    if (count != 0) std::memcpy(buffer.data(), bytes_.data() + position_, count);
    position_ += count;
    return count;
  }
  std::uint64_t consumed() const override { return position_; }
  std::uint64_t total() const override { return bytes_.size(); }

 private:
  std::vector<std::byte> bytes_;
  std::size_t position_ = 0;
};

inline Input input_of(std::vector<std::byte> bytes) {
  return Input(std::make_unique<BytesStream>(std::move(bytes)));
}

}  // namespace noroshi
