#include "record/flow_recording.h"

#include <fmt/format.h>

namespace noroshi {

Result<const FlowTextField*> FlowRecording::known_field(std::string_view name) {
  constexpr std::size_t kLongestShown = 60;
  if (const auto* field = find_flow_field(name)) return field;
  std::string known;
  for (const auto& field : flow_text_fields()) {
    if (!known.empty()) known += ", ";
    known += field.name;
  }
  return failure(ErrorCode::kMalformed,
                 fmt::format("'{}' is not a field of a flow; the fields are {}",
                             name.substr(0, kLongestShown), known));
}

LineRecording::LineMeaning FlowRecording::refuse(FlowBatch& batch, std::size_t row) {
  batch.truncate(row);
  return LineMeaning::kUnparsable;
}

LineRecording::LineMeaning FlowRecording::accept(const FlowBatch& batch, std::size_t row) {
  const auto exporter = batch.exporter()[row];
  if (exporter != last_exporter_ && !exporter.is_none()) {
    statistics().add_exporter(exporter);
    last_exporter_ = exporter;
  }
  return batch.kind()[row] == static_cast<std::uint8_t>(FlowKind::kEvent) ? LineMeaning::kEvent
                                                                          : LineMeaning::kFlow;
}

}  // namespace noroshi
