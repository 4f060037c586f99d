// IPFIX files: framing, resynchronisation, and the decoder behind it.

#include <cstdint>
#include <memory>

#include "base/check.h"
#include "record/ipfix_file.h"
#include "record/memory_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  noroshi::Input input(std::make_unique<noroshi::MemoryStream>(std::vector(begin, begin + size)));
  const auto recording = noroshi::kIpfixFile.open(std::move(input), {});
  if (!recording) return 0;
  noroshi::FlowBatch batch(64);
  while (true) {
    const auto more = (*recording)->read(batch);
    CHECK(more.has_value());
    if (!*more) break;
  }
  CHECK((*recording)->consumed() == size);
  return 0;
}
