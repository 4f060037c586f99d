// A spool segment: any bytes, with and without the check of frames; and any bytes as a frame.

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "store/flow_frame.h"
#include "store/spool_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto read = [&](std::uint64_t offset, std::span<std::byte> into) -> Result<std::size_t> {
    CHECK(offset <= size);
    const auto length = std::min<std::size_t>(into.size(), size - offset);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), length, into.begin());
    return length;
  };
  for (const bool check_frames : {false, true}) {
    const auto scan = scan_segment(read, size, check_frames);
    if (!scan) continue;
    for (const auto& record : scan->records) {
      CHECK(record.offset <= size && record.length <= size - record.offset);
      const auto frame = bytes.subspan(record.offset, record.length);
      if (check_frames && !record.done) CHECK(spool_checksum(frame) == record.checksum);
      (void)decode_frame(frame);
    }
  }
  if (const auto flows = decode_frame(bytes)) {
    const auto again = decode_frame(encode_frame(*flows));
    CHECK(again && again->size() == flows->size());
  }
  return 0;
}
