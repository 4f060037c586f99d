#pragma once

#include <memory>

#include "record/input.h"

namespace noroshi {

/// Returns the stream itself, or, when its first bytes are those of gzip, zstd, bzip2 or xz, a
/// stream of its decompressed content; nested compression is unwrapped up to two layers. Several
/// members or frames one after another read as one. Compressed data that ends early or is damaged
/// yields what was decompressed before, then the Error.
[[nodiscard]] Result<std::unique_ptr<ByteStream>> decompressed(std::unique_ptr<ByteStream> stream);

}  // namespace noroshi
