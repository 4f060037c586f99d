#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "guard/pseudonym/private_memory.h"

namespace noroshi {

/// 32 secret bytes in private memory, wiped when the last holder goes. Copies share them, so that a
/// secret stands in memory once.
class Secret {
 public:
  static constexpr std::size_t kSize = 32;

  /// Zeros, to be filled.
  Secret() : memory_(std::make_shared<const PrivateMemory>(kSize)) {}

  [[nodiscard]] std::span<const std::byte, kSize> bytes() const { return mutable_bytes(); }
  [[nodiscard]] std::span<std::byte, kSize> fill() { return mutable_bytes(); }

 private:
  [[nodiscard]] std::span<std::byte, kSize> mutable_bytes() const {
    return std::span<std::byte, kSize>(static_cast<std::byte*>(memory_->data()), kSize);
  }

  std::shared_ptr<const PrivateMemory> memory_;
};

}  // namespace noroshi
