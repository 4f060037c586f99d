// Bytes → Argus's conversations.

#include "record/binetflow.h"
#include "text_recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  noroshi::read_all(noroshi::kBinetflow, std::as_bytes(std::span(data, size)));
  return 0;
}
