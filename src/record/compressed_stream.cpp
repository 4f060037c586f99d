#include "record/compressed_stream.h"

namespace noroshi {

Result<std::unique_ptr<ByteStream>> decompressed(std::unique_ptr<ByteStream> stream) {
  return stream;
}

}  // namespace noroshi
