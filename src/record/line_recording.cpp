#include "record/line_recording.h"

namespace noroshi {

Result<bool> LineRecording::read(FlowBatch& batch) {
  batch.clear();
  while (!ended_ && batch.size() < kRowsPerRead) {
    const auto line = next_line();
    if (!line) {
      ended_ = true;
      if (line.error().code == ErrorCode::kIo) return tl::unexpected(line.error());
      // Compressed data that breaks off: everything before it has been read.
      statistics_.count_damage("truncated_input");
      break;
    }
    if (line->at_end) {
      ended_ = true;
      break;
    }
    if (line->too_long) {
      statistics_.count_damage("line_too_long");
      continue;
    }
    if (line->text.empty()) continue;
    switch (read_line(line->text, batch)) {
      case LineMeaning::kFlow:
        ++statistics_.decode.records;
        ++statistics_.decode.flows;
        break;
      case LineMeaning::kEvent:
        ++statistics_.decode.records;
        ++statistics_.decode.events;
        break;
      case LineMeaning::kNotIp:
        ++statistics_.decode.records;
        ++statistics_.packets_ignored;
        break;
      case LineMeaning::kNothing:
        break;
      case LineMeaning::kUnparsable:
        statistics_.count_damage("unparsable_line");
        break;
    }
  }
  return !batch.empty();
}

std::string_view first_line(std::span<const std::byte> head) {
  std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text.find('\0') == std::string_view::npos ? text : std::string_view{};
}

}  // namespace noroshi
