#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace noroshi {

/// What decompressing a block gave. What was written before a failure is right as far as it goes.
struct Lzo1xOutcome {
  std::size_t written = 0;
  Status status;
};

/// Decompresses one LZO1X block (the stream format described in the Linux kernel's
/// Documentation/staging/lzo.rst, bitstream version 0), as nfcapd files hold them.
///
/// Nothing in `compressed` is trusted. Writes to the front of `output`, which must not overlap
/// `compressed`. Fails with kTruncated when the block ends without its end marker, kMalformed when
/// it refers to bytes before its beginning or goes on behind its end marker, kLimit when `output`
/// is too small.
[[nodiscard]] Lzo1xOutcome lzo1x_decompress(std::span<const std::byte> compressed,
                                            std::span<std::byte> output);

}  // namespace noroshi
