#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace noroshi {

static_assert(std::endian::native == std::endian::little,
              "Noroshi is built for little-endian hosts");

/// The same value with its bytes reversed (std::byteswap is C++23).
template <std::unsigned_integral T>
[[nodiscard]] constexpr T byte_swap(T value) {
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}

/// Reads an integer in network byte order from `source`, which the caller has checked to hold
/// sizeof(T) bytes. For inner loops; elsewhere use ByteReader.
template <std::unsigned_integral T>
[[nodiscard]] inline T load_big_endian(const std::byte* source) {
  T value;
  std::memcpy(&value, source, sizeof(T));
  return byte_swap(value);
}

template <std::unsigned_integral T>
[[nodiscard]] inline T load_little_endian(const std::byte* source) {
  T value;
  std::memcpy(&value, source, sizeof(T));
  return value;
}

template <std::unsigned_integral T>
inline void store_big_endian(std::byte* target, T value) {
  value = byte_swap(value);
  std::memcpy(target, &value, sizeof(T));
}

}  // namespace noroshi
