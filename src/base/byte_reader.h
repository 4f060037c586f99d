#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_order.h"

namespace noroshi {

/// Reads untrusted bytes from front to back; every read is checked.
///
/// A read past the end yields zero (or an empty span), consumes nothing further, and marks the
/// reader failed for good. A fixed header is therefore read field by field and checked once:
///
///     const auto version = reader.read_u16();
///     const auto count = reader.read_u16();
///     if (!reader.ok()) return failure(ErrorCode::kTruncated, "…");
///
/// Holds a view: the bytes must outlive the reader. Integers are in network byte order unless the
/// name says `_le`.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t remaining() const { return failed_ ? 0 : bytes_.size() - position_; }
  [[nodiscard]] bool at_end() const { return remaining() == 0; }

  std::uint8_t read_u8() { return read_integer<std::uint8_t, false>(); }
  std::uint16_t read_u16() { return read_integer<std::uint16_t, false>(); }
  std::uint32_t read_u32() { return read_integer<std::uint32_t, false>(); }
  std::uint64_t read_u64() { return read_integer<std::uint64_t, false>(); }
  std::uint16_t read_u16_le() { return read_integer<std::uint16_t, true>(); }
  std::uint32_t read_u32_le() { return read_integer<std::uint32_t, true>(); }
  std::uint64_t read_u64_le() { return read_integer<std::uint64_t, true>(); }

  /// The next `length` bytes as a view into the input.
  std::span<const std::byte> read_bytes(std::size_t length) {
    if (!has(length)) return {};
    const auto result = bytes_.subspan(position_, length);
    position_ += length;
    return result;
  }

  void skip(std::size_t length) { (void)read_bytes(length); }

  /// Everything not yet read, without consuming it.
  [[nodiscard]] std::span<const std::byte> rest() const {
    return failed_ ? std::span<const std::byte>{} : bytes_.subspan(position_);
  }

  /// A reader of the next `length` bytes alone; this reader moves past them. When they are not all
  /// there both readers are failed.
  ByteReader read_section(std::size_t length) {
    ByteReader section(read_bytes(length));
    section.failed_ = failed_;
    return section;
  }

 private:
  template <typename T, bool little_endian>
  T read_integer() {
    if (!has(sizeof(T))) return 0;
    const std::byte* source = bytes_.data() + position_;
    position_ += sizeof(T);
    return little_endian ? load_little_endian<T>(source) : load_big_endian<T>(source);
  }

  bool has(std::size_t length) {
    if (failed_ || bytes_.size() - position_ < length) [[unlikely]] {
      failed_ = true;
      return false;
    }
    return true;
  }

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace noroshi
