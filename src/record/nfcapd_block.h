#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "encode/nfcapd_format.h"

namespace noroshi {

/// Decompresses the blocks of an nfcapd file, one after another, into one buffer.
class NfcapdBlock {
 public:
  /// Neither a block nor its content may be larger; nfdump's own are at most 5 to 10 MiB.
  static constexpr std::size_t kLargest = std::size_t{16} << 20;

  struct Content {
    std::span<const std::byte> records;  ///< as far as they could be decompressed
    bool whole = false;
  };
  /// The result is valid until the next call, and as long as `block` where nothing is compressed.
  [[nodiscard]] Content decompress(NfcapdCompression compression, std::span<const std::byte> block);

 private:
  std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace noroshi
