#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include "base/check.h"

namespace noroshi {

/// One field of many rows: a contiguous, 64-byte aligned buffer in the layout of the Arrow C Data
/// Interface. Belongs to a FlowBatch, which owns the row count and keeps one invariant: every value
/// at or beyond the row count is zero. A column that nobody writes therefore costs nothing per row.
template <typename T>
class Column {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit Column(std::size_t capacity) : buffer_(allocate(capacity)), capacity_(capacity) {}

  [[nodiscard]] const T* data() const { return buffer_.get(); }
  [[nodiscard]] bool touched() const { return touched_; }

  /// For writing. The caller writes only rows that the batch has appended.
  [[nodiscard]] T* writable() {
    touched_ = true;
    return buffer_.get();
  }

  void zero(std::size_t begin, std::size_t end) {
    if (touched_)
      std::memset(static_cast<void*>(buffer_.get() + begin), 0, (end - begin) * sizeof(T));
  }
  void forget(std::size_t rows) {
    zero(0, rows);
    touched_ = false;
  }
  void grow(std::size_t rows, std::size_t capacity) {
    auto larger = allocate(capacity);
    if (touched_) std::memcpy(static_cast<void*>(larger.get()), buffer_.get(), rows * sizeof(T));
    buffer_ = std::move(larger);
    capacity_ = capacity;
  }

 private:
  struct Free {
    void operator()(T* buffer) const { ::operator delete(buffer, std::align_val_t(64)); }
  };
  using Buffer = std::unique_ptr<T, Free>;

  static Buffer allocate(std::size_t capacity) {
    void* memory = ::operator new(capacity * sizeof(T), std::align_val_t(64));
    std::memset(memory, 0, capacity * sizeof(T));
    return Buffer(static_cast<T*>(memory));
  }

  Buffer buffer_;
  std::size_t capacity_;
  bool touched_ = false;
};

}  // namespace noroshi
