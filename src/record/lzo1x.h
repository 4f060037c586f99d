#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace noroshi {

/// Decompresses one LZO1X block (the stream format described in the Linux kernel's
/// Documentation/staging/lzo.rst, bitstream version 0), as nfcapd files hold them.
///
/// Nothing in `compressed` is trusted. Returns how many bytes at the front of `output` were
/// written. Fails with kTruncated when the block ends without its end marker, kMalformed when it
/// refers to bytes before its beginning or goes on behind its end marker, kLimit when `output` is
/// too small; what `output` holds is then of no use. `output` must not overlap `compressed`.
[[nodiscard]] Result<std::size_t> lzo1x_decompress(std::span<const std::byte> compressed,
                                                   std::span<std::byte> output);

}  // namespace noroshi
