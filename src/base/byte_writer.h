#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "base/byte_order.h"
#include "base/check.h"

namespace noroshi {

/// Appends integers and bytes to a growing buffer, in network byte order unless the name says
/// `_le`. Lengths that are known only later are patched in place.
class ByteWriter {
 public:
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::vector<std::byte> take() { return std::exchange(bytes_, {}); }
  void clear() { bytes_.clear(); }

  void write_u8(std::uint8_t value) { write_integer(value); }
  void write_u16(std::uint16_t value) { write_integer(byte_swap(value)); }
  void write_u32(std::uint32_t value) { write_integer(byte_swap(value)); }
  void write_u64(std::uint64_t value) { write_integer(byte_swap(value)); }
  void write_u16_le(std::uint16_t value) { write_integer(value); }
  void write_u32_le(std::uint32_t value) { write_integer(value); }
  void write_u64_le(std::uint64_t value) { write_integer(value); }

  void write_bytes(std::span<const std::byte> bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }
  void write_zeros(std::size_t count) { (void)extend(count); }

  void patch_u16(std::size_t position, std::uint16_t value) {
    CHECK(position + 2 <= bytes_.size());
    store_big_endian(bytes_.data() + position, value);
  }
  void patch_u32(std::size_t position, std::uint32_t value) {
    CHECK(position + 4 <= bytes_.size());
    store_big_endian(bytes_.data() + position, value);
  }

 private:
  template <typename T>
  void write_integer(T value) {
    std::memcpy(extend(sizeof(T)), &value, sizeof(T));
  }

  /// Appends `count` zero bytes and returns the first. Not inline: g++ 12 warns wrongly of vectors
  /// that grow inside inlined code (-Warray-bounds, -Wstringop-overflow).
  std::byte* extend(std::size_t count);

  std::vector<std::byte> bytes_;
};

}  // namespace noroshi
