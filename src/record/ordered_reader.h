#pragma once

#include <bit>

#include "base/byte_reader.h"

namespace noroshi {

/// A ByteReader for formats that state their byte order in the file.
class OrderedReader {
 public:
  OrderedReader(std::span<const std::byte> bytes, std::endian order)
      : reader_(bytes), order_(order) {}

  [[nodiscard]] std::endian order() const { return order_; }
  [[nodiscard]] bool ok() const { return reader_.ok(); }
  [[nodiscard]] std::size_t remaining() const { return reader_.remaining(); }
  std::uint16_t read_u16() { return is_little() ? reader_.read_u16_le() : reader_.read_u16(); }
  std::uint32_t read_u32() { return is_little() ? reader_.read_u32_le() : reader_.read_u32(); }
  std::uint64_t read_u64() { return is_little() ? reader_.read_u64_le() : reader_.read_u64(); }
  std::span<const std::byte> read_bytes(std::size_t length) { return reader_.read_bytes(length); }
  void skip(std::size_t length) { reader_.skip(length); }

 private:
  [[nodiscard]] bool is_little() const { return order_ == std::endian::little; }

  ByteReader reader_;
  std::endian order_;
};

}  // namespace noroshi
