#include "record/flow_json.h"

#include <algorithm>

#include "record/flow_recording.h"
#include "record/json_objects.h"

namespace noroshi {
namespace {

std::string_view as_text(std::span<const std::byte> head) {
  return {reinterpret_cast<const char*>(head.data()), head.size()};
}

class FlowJson final : public FlowRecording {
 public:
  explicit FlowJson(Input input) : FlowRecording(std::move(input)) {}

  Status begin() {
    const auto head = as_text(TRY(input().peek(kSniffLength)));
    layout_ = json_layout(head).value_or(JsonLayout::kLines);
    if (const auto members = objects_.members(first_json_object(head)))
      for (const auto& member : *members) TRY(known_field(member.name));
    return {};
  }

  std::string format() const override { return "noroshi json"; }

 protected:
  Result<Input::Line> next_line() override {
    return layout_ == JsonLayout::kArray ? take_json_object(input(), kLongestLine)
                                         : LineRecording::next_line();
  }

  LineMeaning read_line(std::string_view line, FlowBatch& batch) override {
    const auto members = objects_.members(line);
    if (!members || members->empty()) return LineMeaning::kUnparsable;
    const auto row = batch.append(1);
    for (std::size_t i = 0; i < members->size(); ++i) {
      const auto& member = (*members)[i];
      const auto* field = expected_field(i, member.name);
      if (field == nullptr || member.kind == JsonMember::Kind::kOther ||
          !field->parse(member.value, batch, row))
        return refuse(batch, row);
    }
    return accept(batch, row);
  }

 private:
  /// Members usually stand where we write them: looking there first spares the search.
  static const FlowTextField* expected_field(std::size_t position, std::string_view name) {
    const auto fields = flow_text_fields();
    if (position < fields.size() && fields[position].name == name) return &fields[position];
    return find_flow_field(name);
  }

  JsonLayout layout_ = JsonLayout::kLines;
  JsonObjects objects_;
};

bool recognises(std::span<const std::byte> head) {
  const auto object = first_json_object(as_text(head));
  if (object.empty()) return false;
  JsonObjects objects;
  const auto members = objects.members(object);
  if (!members) return false;
  const auto has = [&](std::string_view name) {
    return std::ranges::find(*members, name, &JsonMember::name) != members->end();
  };
  return has("source_address") && has("destination_address");
}

Result<std::unique_ptr<Recording>> open(Input input, const RecordingOptions&) {
  auto recording = std::make_unique<FlowJson>(std::move(input));
  TRY(recording->begin());
  return recording;
}

}  // namespace

void write_json_lines(const FlowBatch& batch, std::string& out) {
  for (std::size_t row = 0; row < batch.size(); ++row) {
    char before = '{';
    for (const auto& field : flow_text_fields()) {
      out += before;
      before = ',';
      out += '"';
      out += field.name;
      out += "\":";
      if (field.is_number) {
        field.print(batch, row, out);
        continue;
      }
      out += '"';
      const auto start = out.size();
      field.print(batch, row, out);
      if (out.size() != start) {
        out += '"';
      } else {
        out.pop_back();
        out += "null";
      }
    }
    out += "}\n";
  }
}

const RecordingFormat kFlowJson{recognises, open};

}  // namespace noroshi
