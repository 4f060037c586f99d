#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace noroshi {

/// A one-way source of bytes: a file, standard input, or another stream decompressed.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills the front of `buffer` and returns how much; 0 only at the end.
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;
  /// Bytes taken so far from the underlying file, and its size if known (0 otherwise): progress.
  [[nodiscard]] virtual std::uint64_t consumed() const = 0;
  [[nodiscard]] virtual std::uint64_t total() const = 0;
  /// Meaningful once read() has returned 0: empty when the data ended as it should, else the reason
  /// why there is no more of it, in the words of RecordingStatistics::damage
  /// ("truncated_compression").
  [[nodiscard]] virtual std::string_view damage() const { return {}; }
};

/// Opens a regular file, pipe or device for reading; "-" is standard input. A missing, unreadable
/// or empty file, or a directory, is one clear error that begins with the path.
[[nodiscard]] Result<std::unique_ptr<ByteStream>> open_stream(const std::string& path);

/// A buffered view of a ByteStream that can look ahead without consuming.
///
/// Spans returned stay valid until the next call on the same Input. Memory is bounded: a request
/// larger than kLargestRequest is refused, so a length claimed by a file cannot exhaust memory.
class Input {
 public:
  static constexpr std::size_t kLargestRequest = std::size_t{64} << 20;

  explicit Input(std::unique_ptr<ByteStream> stream);

  /// The next `length` bytes, or fewer at the end of the input; consumes nothing.
  [[nodiscard]] Result<std::span<const std::byte>> peek(std::size_t length);
  /// Consumes and returns the next `length` bytes, or fewer at the end of the input.
  [[nodiscard]] Result<std::span<const std::byte>> take(std::size_t length);
  /// Consumes one line without its line end (LF or CRLF); the last line needs none. At the end of
  /// the input the text is empty and `at_end` is set. A line longer than `limit` is cut there and
  /// `too_long` is set; the next call of take_line skips its rest. A limit above kLargestRequest /
  /// 2 is lowered to that.
  struct Line {
    std::string_view text;
    bool at_end = false;
    bool too_long = false;
  };
  [[nodiscard]] Result<Line> take_line(std::size_t limit = std::size_t{1} << 20);

  /// Position in the (decompressed) input.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t consumed() const { return stream_->consumed(); }
  [[nodiscard]] std::uint64_t total() const { return stream_->total(); }

 private:
  [[nodiscard]] std::size_t buffered() const { return end_ - begin_; }
  Status fill(std::size_t length);
  Status skip_rest_of_line();
  void consume(std::size_t length) {
    begin_ += length;
    position_ += length;
  }

  std::unique_ptr<ByteStream> stream_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t position_ = 0;
  bool stream_ended_ = false;
  bool skip_rest_of_line_ = false;
};

}  // namespace noroshi
