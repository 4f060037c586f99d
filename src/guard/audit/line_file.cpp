#include "guard/audit/line_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "guard/audit/line.h"

// Door (in): lines of the audit. Guard: each is checked against the chain.

namespace noroshi {

LineFile::LineFile(File file, std::uint64_t most_bytes)
    : file_(std::move(file)), most_bytes_(most_bytes), buffer_(2 * kMostAuditLine) {}

Result<LineFile> LineFile::open(const std::filesystem::path& path, std::uint64_t most_bytes) {
  return LineFile(TRY(File::open(path, O_RDONLY)), most_bytes);
}

Status LineFile::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const auto room =
      static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size() - end_, most_bytes_ - read_));
  const auto got =
      TRY(file_.read_at(read_, std::as_writable_bytes(std::span(buffer_)).subspan(end_, room)));
  at_end_ = got < room || room == 0 || read_ + got == most_bytes_;
  read_ += got;
  end_ += got;
  return {};
}

Result<std::optional<LineFile::Line>> LineFile::next() {
  Line line;
  line.offset = read_ - (end_ - begin_);
  std::size_t searched = 0;
  while (true) {
    const auto* const found = static_cast<const char*>(
        std::memchr(buffer_.data() + begin_ + searched, '\n', end_ - begin_ - searched));
    searched = end_ - begin_;
    if (found != nullptr || searched > kMostAuditLine) {
      const auto length = found == nullptr
                              ? searched
                              : static_cast<std::size_t>(found + 1 - (buffer_.data() + begin_));
      line.text = std::string_view(buffer_.data() + begin_, std::min(length, kMostAuditLine));
      line.too_long = line.too_long || length > kMostAuditLine;
      line.length += length;
      begin_ += length;
      // A line too long to be one is passed over; its text is gone piece by piece.
      if (line.too_long) line.text = {};
      if (found != nullptr) return line;
      searched = 0;
      if (begin_ == end_ && at_end_) {
        line.ended = false;
        return line;
      }
    } else if (at_end_) {
      if (searched == 0 && line.length == 0) return std::nullopt;
      line.text = std::string_view(buffer_.data() + begin_, searched);
      line.length += searched;
      line.ended = false;
      begin_ = end_;
      return line;
    }
    if (!at_end_) TRY(fill());
  }
}

}  // namespace noroshi
