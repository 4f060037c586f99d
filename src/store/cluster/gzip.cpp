#include "store/cluster/gzip.h"

#include <zlib.h>

#include <limits>

#include "base/check.h"

namespace noroshi {

std::vector<std::byte> gzip(std::span<const std::byte> bytes) {
  CHECK(bytes.size() <= std::numeric_limits<uInt>::max());
  constexpr int kFastest = 1;
  constexpr int kGzip = 16;  // added to the window bits: a gzip header, not zlib's
  z_stream stream{};
  CHECK(::deflateInit2_(&stream, kFastest, Z_DEFLATED, MAX_WBITS + kGzip, MAX_MEM_LEVEL,
                        Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                        static_cast<int>(sizeof(z_stream))) == Z_OK);
  std::vector<std::byte> packed(::deflateBound(&stream, static_cast<uLong>(bytes.size())));
  // The library takes its input as non-const but does not write to it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  CHECK(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  CHECK(::deflateEnd(&stream) == Z_OK);
  return packed;
}

}  // namespace noroshi
