#include "record/input.h"

#include <algorithm>
#include <cstring>

namespace noroshi {
namespace {

constexpr std::size_t kReadSize = std::size_t{256} << 10;

}  // namespace

Input::Input(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

Status Input::fill(std::size_t length) {
  if (length > kLargestRequest)
    return failure(ErrorCode::kLimit, "a block larger than 64 MiB is claimed; the file is damaged");
  while (buffered() < length && !stream_ended_) {
    if (begin_ > 0 && buffer_.size() - end_ < kReadSize) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, buffered());
      end_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() - end_ < kReadSize) buffer_.resize(end_ + kReadSize);
    const auto got = TRY(stream_->read(std::span(buffer_).subspan(end_)));
    if (got == 0) stream_ended_ = true;
    end_ += got;
  }
  return {};
}

Result<std::span<const std::byte>> Input::peek(std::size_t length) {
  TRY(fill(length));
  return std::span<const std::byte>(buffer_).subspan(begin_, std::min(length, buffered()));
}

Result<std::span<const std::byte>> Input::take(std::size_t length) {
  const auto bytes = TRY(peek(length));
  consume(bytes.size());
  return bytes;
}

Result<Input::Line> Input::take_line(std::size_t limit) {
  limit = std::min(limit, kLargestRequest / 2);
  if (skip_rest_of_line_) TRY(skip_rest_of_line());
  std::size_t searched = 0;
  while (true) {
    TRY(fill(searched + 1));
    // Two more than the limit: the line end that may follow a line of exactly that length.
    const auto window = std::span(buffer_).subspan(begin_, std::min(buffered(), limit + 2));
    const auto* newline = static_cast<const std::byte*>(
        std::memchr(window.data() + searched, '\n', window.size() - searched));
    searched = window.size();
    const bool complete = newline != nullptr || (stream_ended_ && window.size() == buffered());
    if (!complete && window.size() < limit + 2) continue;

    const auto length =
        newline != nullptr ? static_cast<std::size_t>(newline - window.data()) : window.size();
    Line line{.text = {reinterpret_cast<const char*>(window.data()), length}};
    line.at_end = complete && window.empty();
    if (complete && line.text.ends_with('\r')) line.text.remove_suffix(1);
    if (line.text.size() > limit) {
      line.text = line.text.substr(0, limit);
      line.too_long = true;
    }
    consume(newline != nullptr ? length + 1 : length);
    skip_rest_of_line_ = !complete;
    return line;
  }
}

Status Input::skip_rest_of_line() {
  while (true) {
    TRY(fill(1));
    const auto* newline =
        static_cast<const std::byte*>(std::memchr(buffer_.data() + begin_, '\n', buffered()));
    if (newline != nullptr) {
      consume(static_cast<std::size_t>(newline - (buffer_.data() + begin_)) + 1);
      break;
    }
    consume(buffered());
    if (stream_ended_) break;
  }
  skip_rest_of_line_ = false;
  return {};
}

}  // namespace noroshi
