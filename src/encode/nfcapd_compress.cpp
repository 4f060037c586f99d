#include "encode/nfcapd_compress.h"

#include <bzlib.h>
#include <lz4.h>
#include <zstd.h>

#include "base/check.h"
#include "encode/lzo1x.h"

namespace noroshi {
namespace {

using Bytes = std::span<const std::byte>;

std::vector<std::byte> bzip2(Bytes records) {
  // The bound that the library's manual states.
  std::vector<std::byte> result(records.size() + records.size() / 100 + 600);
  auto length = static_cast<unsigned>(result.size());
  // The library takes its input as non-const but does not write to it.
  auto* source = reinterpret_cast<char*>(const_cast<std::byte*>(records.data()));
  CHECK(::BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(result.data()), &length, source,
                                   static_cast<unsigned>(records.size()), 9, 0, 0) == BZ_OK);
  result.resize(length);
  return result;
}

std::vector<std::byte> lz4(Bytes records) {
  const int size = static_cast<int>(records.size());
  std::vector<std::byte> result(static_cast<std::size_t>(::LZ4_compressBound(size)));
  const int length = ::LZ4_compress_default(reinterpret_cast<const char*>(records.data()),
                                            reinterpret_cast<char*>(result.data()), size,
                                            static_cast<int>(result.size()));
  CHECK(length > 0);
  result.resize(static_cast<std::size_t>(length));
  return result;
}

std::vector<std::byte> zstandard(Bytes records) {
  std::vector<std::byte> result(::ZSTD_compressBound(records.size()));
  const auto length =
      ::ZSTD_compress(result.data(), result.size(), records.data(), records.size(), 3);
  CHECK(::ZSTD_isError(length) == 0);
  result.resize(length);
  return result;
}

}  // namespace

std::vector<std::byte> nfcapd_compress(NfcapdCompression compression, Bytes records) {
  switch (compression) {
    case NfcapdCompression::kNone:
      break;
    case NfcapdCompression::kLzo:
      return lzo1x_compress(records);
    case NfcapdCompression::kBzip2:
      return bzip2(records);
    case NfcapdCompression::kLz4:
      return lz4(records);
    case NfcapdCompression::kZstandard:
      return zstandard(records);
  }
  return {records.begin(), records.end()};
}

}  // namespace noroshi
