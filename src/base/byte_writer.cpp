#include "base/byte_writer.h"

namespace noroshi {

std::byte* ByteWriter::extend(std::size_t count) {
  const auto size = bytes_.size();
  bytes_.resize(size + count);
  return bytes_.data() + size;
}

}  // namespace noroshi
