#pragma once

#include <memory>

#include "record/input.h"

namespace noroshi {

/// Returns a stream of the same bytes, or, when the first of them are those of gzip, zstd, bzip2 or
/// xz, a stream of the decompressed content; nested compression is unwrapped up to two layers.
/// Several members or frames one after another read as one; zeros behind the last are padding.
///
/// Compressed data that is not whole yields what was decompressed before, then the end with a
/// damage() of "truncated_compression" (it ends early), "damaged_compression" (it breaks its format
/// or a checksum), "oversized_compression" (it demands more than 128 MiB of window in zstd or
/// 256 MiB of memory in xz) or "garbage_after_compression" (the last member is whole, but something
/// else follows it). An Error means that the stream below could not be read.
[[nodiscard]] Result<std::unique_ptr<ByteStream>> decompressed(std::unique_ptr<ByteStream> stream);

}  // namespace noroshi
