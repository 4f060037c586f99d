#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "summarise/large_memory.h"

namespace noroshi {

/// Records in numbered slots that are used again and never move: a growing table copies nothing and
/// needs no second block of memory beside the first. Slots given back keep their memory.
template <typename T>
class Slots {
 public:
  /// A slot with a fresh record.
  [[nodiscard]] std::uint32_t take() {
    if (!free_.empty()) {
      const auto slot = free_.back();
      free_.pop_back();
      return slot;
    }
    if (size_ == chunks_.size() * kChunk) chunks_.emplace_back(kChunk);
    return static_cast<std::uint32_t>(size_++);
  }
  void give_back(std::uint32_t slot) {
    (*this)[slot] = {};
    free_.push_back(slot);
  }

  [[nodiscard]] T& operator[](std::uint32_t slot) { return chunks_[slot / kChunk][slot % kChunk]; }
  [[nodiscard]] const T& operator[](std::uint32_t slot) const {
    return chunks_[slot / kChunk][slot % kChunk];
  }
  /// Slots that were ever taken, numbered from 0; those given back hold fresh records.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(size_); }

 private:
  static constexpr std::uint32_t kChunk = 1 << 14;
  using Chunk = std::vector<T, LargeMemoryAllocator<T>>;

  std::vector<Chunk> chunks_;
  std::size_t size_ = 0;
  std::vector<std::uint32_t> free_;
};

}  // namespace noroshi
