#include "record/nfcapd_block.h"

#include <bzlib.h>
#include <lz4.h>
#include <zstd.h>

#include <algorithm>

#include "base/byte_reader.h"
#include "record/lzo1x.h"

namespace noroshi {
namespace {

using Bytes = std::span<const std::byte>;
using Room = std::span<std::byte>;

struct Outcome {
  std::size_t written = 0;
  bool whole = false;
};

Outcome lzo(Bytes block, Room room) {
  const auto outcome = lzo1x_decompress(block, room);
  return {outcome.written, outcome.status.has_value()};
}

/// What an LZ4 block that is cut short or damaged still holds: its sequences (LZ4 block format:
/// token, literals, 16-bit offset, match) up to the first that is not whole or not possible. The
/// library gives nothing in this case.
std::size_t lz4_beginning(Bytes block, Room room) {
  constexpr unsigned kLongLength = 15;
  constexpr std::size_t kShortestMatch = 4;
  ByteReader reader(block);
  std::size_t written = 0;
  const auto read_length = [&](std::size_t bits) {
    if (bits < kLongLength) return bits;
    std::size_t length = bits;
    for (unsigned byte = 255; byte == 255 && reader.ok(); length += byte) byte = reader.read_u8();
    return length;
  };
  while (reader.ok()) {
    const unsigned token = reader.read_u8();
    const auto literals = reader.read_bytes(std::min(read_length(token >> 4), reader.remaining()));
    if (literals.size() > room.size() - written) break;
    std::copy(literals.begin(), literals.end(),
              room.begin() + static_cast<std::ptrdiff_t>(written));
    written += literals.size();
    const std::size_t offset = reader.read_u16_le();
    const auto match = read_length(token & kLongLength) + kShortestMatch;
    if (!reader.ok() || offset == 0 || offset > written || match > room.size() - written) break;
    for (std::size_t i = 0; i < match; ++i, ++written) room[written] = room[written - offset];
  }
  return written;
}

Outcome lz4(Bytes block, Room room) {
  const int length = ::LZ4_decompress_safe(
      reinterpret_cast<const char*>(block.data()), reinterpret_cast<char*>(room.data()),
      static_cast<int>(block.size()), static_cast<int>(room.size()));
  if (length >= 0) return {static_cast<std::size_t>(length), true};
  return {lz4_beginning(block, room), false};
}

Outcome bzip2(Bytes block, Room room) {
  bz_stream stream{};
  if (::BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) return {};
  // The library takes its input as non-const but does not write to it.
  stream.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(block.data()));
  stream.avail_in = static_cast<unsigned>(block.size());
  stream.next_out = reinterpret_cast<char*>(room.data());
  stream.avail_out = static_cast<unsigned>(room.size());
  int code = BZ_OK;
  while (code == BZ_OK && stream.avail_in > 0 && stream.avail_out > 0)
    code = ::BZ2_bzDecompress(&stream);
  const auto written = room.size() - stream.avail_out;
  ::BZ2_bzDecompressEnd(&stream);
  return {written, code == BZ_STREAM_END};
}

Outcome zstandard(Bytes block, Room room) {
  ZSTD_DStream* stream = ::ZSTD_createDStream();
  if (stream == nullptr) return {};
  ZSTD_inBuffer in{block.data(), block.size(), 0};
  ZSTD_outBuffer out{room.data(), room.size(), 0};
  std::size_t code = 1;
  std::size_t before = block.size() + 1;  // anything but what is left
  while (code != 0 && ::ZSTD_isError(code) == 0 && out.pos < out.size &&
         before != in.size - in.pos) {
    before = in.size - in.pos;
    code = ::ZSTD_decompressStream(stream, &out, &in);
  }
  ::ZSTD_freeDStream(stream);
  return {out.pos, code == 0};
}

Outcome decompress_into(Room room, NfcapdCompression compression, Bytes block) {
  switch (compression) {
    case NfcapdCompression::kNone:
      break;
    case NfcapdCompression::kLzo:
      return lzo(block, room);
    case NfcapdCompression::kBzip2:
      return bzip2(block, room);
    case NfcapdCompression::kLz4:
      return lz4(block, room);
    case NfcapdCompression::kZstandard:
      return zstandard(block, room);
  }
  return {};
}

}  // namespace

NfcapdBlock::Content NfcapdBlock::decompress(NfcapdCompression compression, Bytes block) {
  if (compression == NfcapdCompression::kNone) return {.records = block, .whole = true};
  if (buffer_ == nullptr) buffer_ = std::make_unique_for_overwrite<std::byte[]>(kLargest);
  const auto outcome = decompress_into({buffer_.get(), kLargest}, compression, block);
  return {.records = {buffer_.get(), outcome.written}, .whole = outcome.whole};
}

}  // namespace noroshi
