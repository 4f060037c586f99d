// Bytes → Zeek's conn logs, as text and as JSON.

#include "record/zeek.h"
#include "text_recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  noroshi::read_all(noroshi::kZeekTsv, bytes);
  noroshi::read_all(noroshi::kZeekJson, bytes);
  return 0;
}
