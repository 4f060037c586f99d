#include "record/flow_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "record/delimited_line.h"
#include "record/flow_fields.h"
#include "record/flow_recording.h"

namespace noroshi {
namespace {

class FlowCsv final : public FlowRecording {
 public:
  explicit FlowCsv(Input input) : FlowRecording(std::move(input)) {}

  Status begin() {
    const auto line = TRY(input().take_line(kLongestLine));
    header_ = first_line(std::as_bytes(std::span(line.text)));
    DelimitedLine names(header_, ',', true);
    while (!names.at_end()) {
      const auto name = names.next();
      const auto* field = TRY(known_field(name));
      if (std::ranges::find(columns_, field) != columns_.end())
        return failure(ErrorCode::kMalformed, fmt::format("the column '{}' stands twice", name));
      columns_.push_back(field);
    }
    return {};
  }

  std::string format() const override { return "noroshi csv"; }

 protected:
  LineMeaning read_line(std::string_view line, FlowBatch& batch) override {
    if (line == header_) return LineMeaning::kNothing;  // files put together
    const auto row = batch.append(1);
    DelimitedLine fields(line, ',', true);
    for (const auto* column : columns_)
      if (fields.at_end() || !column->parse(fields.next(), batch, row)) return refuse(batch, row);
    if (!fields.at_end()) return refuse(batch, row);
    return accept(batch, row);
  }

 private:
  std::vector<const FlowTextField*> columns_;
  std::string header_;
};

bool recognises(std::span<const std::byte> head) {
  bool source = false;
  bool destination = false;
  DelimitedLine names(first_line(head), ',', true);
  while (!names.at_end()) {
    const auto name = names.next();
    source = source || name == "source_address";
    destination = destination || name == "destination_address";
  }
  return source && destination;
}

Result<std::unique_ptr<Recording>> open(Input input, const RecordingOptions&) {
  auto recording = std::make_unique<FlowCsv>(std::move(input));
  TRY(recording->begin());
  return recording;
}

}  // namespace

void write_csv_header(std::string& out) {
  for (const auto& field : flow_text_fields()) {
    out += field.name;
    out += ',';
  }
  out.back() = '\n';
}

void write_csv(const FlowBatch& batch, std::string& out) {
  for (std::size_t row = 0; row < batch.size(); ++row) {
    for (const auto& field : flow_text_fields()) {
      field.print(batch, row, out);
      out += ',';
    }
    out.back() = '\n';
  }
}

const RecordingFormat kFlowCsv{recognises, open};

}  // namespace noroshi
