#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace noroshi {

/// Whole pages for what must not leave the process: keys and what is made from them. Never part of
/// a core dump (MADV_DONTDUMP), kept out of swap as far as the system lets us lock memory, and
/// overwritten before they go back. Zeros at first.
class PrivateMemory {
 public:
  PrivateMemory() = default;
  /// At least `bytes`, which are more than none. A machine without that much memory is a CHECK, as
  /// operator new throwing would be.
  explicit PrivateMemory(std::size_t bytes);
  ~PrivateMemory();
  PrivateMemory(PrivateMemory&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  PrivateMemory& operator=(PrivateMemory&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  [[nodiscard]] void* data() const { return begin_; }

 private:
  void* begin_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace noroshi
