// Bytes → our CSV → the same flows in our CSV → the same flows.

#include "record/flow_csv.h"
#include "record/flow_text.h"
#include "text_recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto flows = noroshi::read_all(noroshi::kFlowCsv, std::as_bytes(std::span(data, size)));
  if (flows.empty()) return 0;
  std::string text;
  noroshi::write_csv_header(text);
  noroshi::write_csv(flows, text);
  noroshi::check_reads_back(noroshi::kFlowCsv, flows, text);
  std::string for_people;
  noroshi::write_text(flows, for_people);
  return 0;
}
