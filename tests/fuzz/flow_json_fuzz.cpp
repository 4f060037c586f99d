// Bytes → our JSON → the same flows in our JSON → the same flows.

#include "record/flow_json.h"
#include "text_recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto flows = noroshi::read_all(noroshi::kFlowJson, std::as_bytes(std::span(data, size)));
  if (flows.empty()) return 0;
  std::string text;
  noroshi::write_json_lines(flows, text);
  noroshi::check_reads_back(noroshi::kFlowJson, flows, text);
  return 0;
}
