#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace noroshi {

/// Compresses into one LZO1X block (the stream format described in the Linux kernel's
/// Documentation/staging/lzo.rst, bitstream version 0), which every LZO1X decompressor reads.
///
/// Finds matches of four bytes and more within the format's reach of 48 KiB, greedily; made for
/// files that nfdump can read, not for records in speed or size.
[[nodiscard]] std::vector<std::byte> lzo1x_compress(std::span<const std::byte> input);

}  // namespace noroshi
