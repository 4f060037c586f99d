#include "fuzz/decode_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  const auto input = std::as_bytes(std::span(data, size));
  for_fuzz::CheckedDecoder(Transport::kDatagrams).decode_all(input);
  return 0;
}
