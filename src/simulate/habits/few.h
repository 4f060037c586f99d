#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

#include "base/check.h"

namespace noroshi::simulate {

/// A few values, one of which is chosen: ports, intervals. One that stands twice is chosen twice as
/// often.
template <typename T>
class Few {
 public:
  static constexpr std::size_t kMost = 8;
  constexpr Few(std::initializer_list<T> values) {
    CHECK(values.size() > 0 && values.size() <= kMost);
    for (const auto& value : values) values_[size_++] = value;
  }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr const T& operator[](std::size_t index) const { return values_[index]; }

 private:
  std::array<T, kMost> values_{};
  std::size_t size_ = 0;
};

}  // namespace noroshi::simulate
