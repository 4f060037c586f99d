// LZO1X: any bytes as a block; and any bytes compressed must come back.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "encode/lzo1x.h"
#include "record/lzo1x.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  std::vector<std::byte> output(std::size_t{64} << 10);
  CHECK(noroshi::lzo1x_decompress(bytes, output).written <= output.size());

  const auto compressed = noroshi::lzo1x_compress(bytes);
  output.resize(size);
  const auto back = noroshi::lzo1x_decompress(compressed, output);
  CHECK(back.status && back.written == size &&
        std::equal(output.begin(), output.end(), bytes.begin()));
  return 0;
}
