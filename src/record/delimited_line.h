#pragma once

#include <string_view>

namespace noroshi {

/// Walks the fields of one line, without copying. With `quoted`, a field that begins with a double
/// quote runs to the quote that closes it, separators included (RFC 4180); a doubled quote inside
/// is left as it stands, since no value that we read contains one.
class DelimitedLine {
 public:
  DelimitedLine(std::string_view line, char separator, bool quoted)
      : rest_(line), separator_(separator), quoted_(quoted) {}

  [[nodiscard]] bool at_end() const { return ended_; }

  /// The next field; empty at the end.
  std::string_view next() {
    if (ended_) return {};
    return quoted_ && rest_.starts_with('"') ? next_quoted() : next_plain();
  }

 private:
  std::string_view next_quoted() {
    std::size_t close = rest_.find('"', 1);
    while (close != std::string_view::npos && rest_.substr(close).starts_with("\"\""))
      close = rest_.find('"', close + 2);
    const auto behind = close == std::string_view::npos ? rest_.size() : close + 1;
    // Quotes that do not enclose the whole field are part of it.
    if (close == std::string_view::npos || (behind < rest_.size() && rest_[behind] != separator_))
      return next_plain();
    const auto field = take(behind);
    return field.substr(1, field.size() - 2);
  }

  std::string_view next_plain() {
    const auto found = rest_.find(separator_);
    return take(found == std::string_view::npos ? rest_.size() : found);
  }

  /// The first `length` characters; what follows them is the separator or the end.
  std::string_view take(std::size_t length) {
    const auto field = rest_.substr(0, length);
    ended_ = length == rest_.size();
    rest_.remove_prefix(ended_ ? length : length + 1);
    return field;
  }

  std::string_view rest_;
  char separator_;
  bool quoted_;
  bool ended_ = false;
};

}  // namespace noroshi
