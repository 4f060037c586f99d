#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace noroshi {

/// Allocates for tables that are looked up at random all over: what is large enough begins at a
/// huge page and asks the kernel for such pages (madvise(2), MADV_HUGEPAGE), which spares most of
/// the faults and most misses in the address translation. Where the kernel has none to give, it is
/// memory like any other.
template <typename T>
class LargeMemoryAllocator {
 public:
  using value_type = T;
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;

  LargeMemoryAllocator() = default;
  template <typename Other>
  explicit LargeMemoryAllocator(const LargeMemoryAllocator<Other>& /*other*/) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    const auto bytes = count * sizeof(T);
    void* memory = ::operator new(bytes, alignment(bytes));
    // A kernel without huge pages refuses; nothing depends on its consent.
    if (bytes >= kHugePage) static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    ::operator delete(memory, alignment(count * sizeof(T)));
  }

  friend bool operator==(const LargeMemoryAllocator& /*a*/, const LargeMemoryAllocator& /*b*/) {
    return true;
  }

 private:
  static constexpr std::size_t kLeastAlignment = alignof(T) > 64 ? alignof(T) : 64;
  static std::align_val_t alignment(std::size_t bytes) {
    return std::align_val_t(bytes >= kHugePage ? kHugePage : kLeastAlignment);
  }
};

}  // namespace noroshi
