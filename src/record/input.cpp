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
  begin_ += bytes.size();
  position_ += bytes.size();
  return bytes;
}

Result<Input::Line> Input::take_line(std::size_t limit) {
  std::size_t searched = 0;
  while (true) {
    const auto bytes = TRY(peek(std::max(searched + 1, std::min(limit, buffered()))));
    const auto* newline = static_cast<const std::byte*>(
        std::memchr(bytes.data() + searched, '\n', bytes.size() - searched));
    if (newline == nullptr && bytes.size() < limit && !stream_ended_) {
      searched = bytes.size();
      continue;
    }
    if (newline == nullptr && bytes.empty()) return Line{.text = {}, .at_end = true};
    const auto length =
        newline != nullptr ? static_cast<std::size_t>(newline - bytes.data()) : bytes.size();
    Line line{.text = {reinterpret_cast<const char*>(bytes.data()), length}};
    begin_ += length;
    position_ += length;
    if (newline != nullptr) {
      ++begin_;
      ++position_;
    } else if (!stream_ended_) {
      line.too_long = true;
    }
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    return line;
  }
}

}  // namespace noroshi
