// Decompression of gzip, zstd, bzip2 and xz streams, nested and concatenated, from any bytes.

#include <array>
#include <cstdint>
#include <memory>

#include "base/check.h"
#include "record/compressed_stream.h"
#include "record/memory_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  auto stream = noroshi::decompressed(
      std::make_unique<noroshi::MemoryStream>(std::vector(begin, begin + size)));
  CHECK(stream.has_value());
  std::array<std::byte, 4096> buffer{};
  // A few bytes may stand for gigabytes: the reader decides when it has seen enough.
  for (int reads = 0; reads < 1000; ++reads) {
    const auto got = (*stream)->read(buffer);
    CHECK(got.has_value() && *got <= buffer.size());
    if (*got == 0) break;
  }
  return 0;
}
