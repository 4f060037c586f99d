#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "record/input.h"
#include "record/recording.h"

namespace noroshi {

/// A text recording: at most one flow a line. Keeps the rules that all of them share — what counts
/// as damage, when a batch is full, what becomes of a file that breaks off — and leaves to the
/// format what a line means.
class LineRecording : public Recording {
 public:
  /// Longer lines are damage: no flow of any format comes near.
  static constexpr std::size_t kLongestLine = std::size_t{64} << 10;

  [[nodiscard]] Result<bool> read(FlowBatch& batch) final;
  [[nodiscard]] const RecordingStatistics& statistics() const final { return statistics_; }
  [[nodiscard]] std::uint64_t consumed() const final { return input_.consumed(); }
  [[nodiscard]] std::uint64_t total() const final { return input_.total(); }

 protected:
  enum class LineMeaning {
    kFlow,        ///< one row was appended
    kEvent,       ///< one row of kind kEvent was appended
    kNotIp,       ///< a record, but not a flow of IP packets: counted as ignored
    kNothing,     ///< a comment or a header
    kUnparsable,  ///< counted as damage; nothing was appended
  };

  explicit LineRecording(Input input) : input_(std::move(input)) {}

  /// The next line, or whatever the format takes as one.
  [[nodiscard]] virtual Result<Input::Line> next_line() { return input_.take_line(kLongestLine); }
  /// `line` is not empty and valid during the call only.
  virtual LineMeaning read_line(std::string_view line, FlowBatch& batch) = 0;

  [[nodiscard]] Input& input() { return input_; }
  [[nodiscard]] RecordingStatistics& statistics() { return statistics_; }

 private:
  Input input_;
  RecordingStatistics statistics_;
  bool ended_ = false;
};

/// The first line of what a format is asked to recognise, without its line end and without the byte
/// order mark that spreadsheets write. Empty when the bytes are no text.
[[nodiscard]] std::string_view first_line(std::span<const std::byte> head);

}  // namespace noroshi
