#include "record/zeek.h"

#include <fmt/format.h>

#include <vector>

#include "record/delimited_line.h"
#include "record/json_objects.h"
#include "record/line_recording.h"
#include "record/text_values.h"
#include "record/zeek_conn.h"

namespace noroshi {
namespace {

std::uint32_t sampling_rate_of(const RecordingOptions& options) {
  // A log says nothing of sampling because Zeek sees every packet, unless a person knows better.
  return options.default_sampling_rate == 0 ? 1 : options.default_sampling_rate;
}

class ZeekText final : public LineRecording {
 public:
  ZeekText(Input input, const RecordingOptions& options)
      : LineRecording(std::move(input)), sampling_rate_(sampling_rate_of(options)) {}

  /// Reads the header.
  Status begin() {
    const auto first = TRY(input().peek(1));
    if (first.empty() || first.front() != std::byte{'#'}) return begin_without_comments();
    while (true) {
      const auto next = TRY(input().peek(1));
      if (next.empty() || next.front() != std::byte{'#'}) break;
      read_comment(TRY(input().take_line(kLongestLine)).text);
    }
    if (columns_.empty())
      return failure(ErrorCode::kMalformed,
                     "a Zeek log without a #fields line, so its columns have no names");
    if (!are_conn_)
      return failure(ErrorCode::kUnsupported,
                     fmt::format("a Zeek log ({}) that is not a conn log; give the conn log",
                                 path_.empty() ? "no #path" : path_));
    return {};
  }

  std::string format() const override {
    return with_comments_ ? "zeek conn (tsv)" : "zeek conn (csv)";
  }

 protected:
  LineMeaning read_line(std::string_view line, FlowBatch& batch) override {
    if (line.front() == '#' && with_comments_) {
      read_comment(line);
      return LineMeaning::kNothing;
    }
    if (!are_conn_) return LineMeaning::kUnparsable;
    ZeekConn conn;
    DelimitedLine fields(line, separator_, quoted_);
    for (const auto column : columns_) {
      if (fields.at_end()) return LineMeaning::kUnparsable;
      const auto value = fields.next();
      if (column == ZeekColumn::kOther || value == unset_ || value == empty_) continue;
      conn.set(column, value);
    }
    return conn.append_to(batch, sampling_rate_) ? LineMeaning::kFlow : LineMeaning::kUnparsable;
  }

 private:
  void read_comment(std::string_view line) {
    constexpr std::string_view kSeparator = "#separator ";
    if (line.starts_with(kSeparator)) {
      read_separator(line.substr(kSeparator.size()));
      return;
    }
    DelimitedLine fields(line, separator_, false);
    const auto name = fields.next();
    if (name == "#unset_field") unset_ = fields.next();
    if (name == "#empty_field") empty_ = fields.next();
    if (name == "#path") path_ = fields.next().substr(0, kLongestPath);
    if (name == "#fields") read_columns(fields);
  }

  /// "\x09", or the character itself.
  void read_separator(std::string_view text) {
    if (text.size() == 1) separator_ = text.front();
    unsigned char code = 0;
    if (text.size() != 4 || !text.starts_with("\\x")) return;
    const auto [stop, error] = std::from_chars(text.data() + 2, text.data() + 4, code, 16);
    if (error == std::errc() && stop == text.data() + 4) separator_ = static_cast<char>(code);
  }

  void read_columns(DelimitedLine& names) {
    columns_.clear();
    ZeekColumns present;
    while (!names.at_end()) {
      // IoT-23 glues its label columns to the last one with spaces; nothing needed stands there.
      columns_.push_back(zeek_column(names.next()));
      present.add(columns_.back());
    }
    are_conn_ = present.are_conn();
  }

  Status begin_without_comments();

  static constexpr std::size_t kLongestPath = 64;

  std::uint32_t sampling_rate_;
  std::vector<ZeekColumn> columns_;
  bool are_conn_ = false;
  bool with_comments_ = true;
  bool quoted_ = false;
  char separator_ = '\t';
  std::string unset_ = "-";
  std::string empty_ = "(empty)";
  std::string path_;
};

/// The separator of a line that names the columns of a conn log; NUL when it names no such thing.
char separator_of_header(std::string_view line) {
  for (const char separator : {'\t', '|', ',', ';'}) {
    ZeekColumns present;
    DelimitedLine names(line, separator, true);
    while (!names.at_end()) present.add(zeek_column(names.next()));
    if (present.are_conn()) return separator;
  }
  return '\0';
}

Status ZeekText::begin_without_comments() {
  const auto line = TRY(input().take_line(kLongestLine));
  const auto header = first_line(std::as_bytes(std::span(line.text)));
  with_comments_ = false;
  quoted_ = true;
  separator_ = separator_of_header(header);
  DelimitedLine names(header, separator_, quoted_);
  read_columns(names);
  if (!are_conn_) return failure(ErrorCode::kMalformed, "the first line does not name the columns");
  return {};
}

class ZeekJson final : public LineRecording {
 public:
  ZeekJson(Input input, JsonLayout layout, const RecordingOptions& options)
      : LineRecording(std::move(input)),
        layout_(layout),
        sampling_rate_(sampling_rate_of(options)) {}

  std::string format() const override { return "zeek conn (json)"; }

 protected:
  Result<Input::Line> next_line() override {
    return layout_ == JsonLayout::kArray ? take_json_object(input(), kLongestLine)
                                         : LineRecording::next_line();
  }

  LineMeaning read_line(std::string_view line, FlowBatch& batch) override {
    const auto members = objects_.members(line);
    if (!members) return LineMeaning::kUnparsable;
    ZeekConn conn;
    for (const auto& member : *members) conn.set(zeek_column(member.name), member.value);
    return conn.append_to(batch, sampling_rate_) ? LineMeaning::kFlow : LineMeaning::kUnparsable;
  }

 private:
  JsonLayout layout_;
  std::uint32_t sampling_rate_;
  JsonObjects objects_;
};

bool recognises_text(std::span<const std::byte> head) {
  const auto line = first_line(head);
  return line.starts_with("#separator ") || line.starts_with("#fields\tts\t") ||
         line.starts_with("#path\tconn") || separator_of_header(line) != '\0';
}

Result<std::unique_ptr<Recording>> open_text(Input input, const RecordingOptions& options) {
  auto recording = std::make_unique<ZeekText>(std::move(input), options);
  TRY(recording->begin());
  return recording;
}

std::string_view as_text(std::span<const std::byte> head) {
  return {reinterpret_cast<const char*>(head.data()), head.size()};
}

bool recognises_json(std::span<const std::byte> head) {
  const auto object = first_json_object(as_text(head));
  if (object.empty()) return false;
  JsonObjects objects;
  const auto members = objects.members(object);
  if (!members) return false;
  // Zeek leaves unset columns out, so what only conn logs have is asked for, not everything.
  ZeekColumns present;
  for (const auto& member : *members) present.add(zeek_column(member.name));
  return present.are_conn();
}

Result<std::unique_ptr<Recording>> open_json(Input input, const RecordingOptions& options) {
  const auto layout = json_layout(as_text(TRY(input.peek(kSniffLength))));
  return std::make_unique<ZeekJson>(std::move(input), layout.value_or(JsonLayout::kLines), options);
}

}  // namespace

const RecordingFormat kZeekTsv{recognises_text, open_text};
const RecordingFormat kZeekJson{recognises_json, open_json};

}  // namespace noroshi
