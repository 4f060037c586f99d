#pragma once

#include <cstring>
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
    if (quoted_ && rest_.starts_with('"')) return next_quoted();
    const auto* found =
        static_cast<const char*>(std::memchr(rest_.data(), separator_, rest_.size()));
    const auto length =
        found == nullptr ? rest_.size() : static_cast<std::size_t>(found - rest_.data());
    return take(length, length);
  }

 private:
  std::string_view next_quoted() {
    rest_.remove_prefix(1);
    std::size_t close = rest_.find('"');
    while (close != std::string_view::npos && rest_.substr(close).starts_with("\"\""))
      close = rest_.find('"', close + 2);
    if (close == std::string_view::npos) return take(rest_.size(), rest_.size());
    auto separator = rest_.find(separator_, close);
    if (separator == std::string_view::npos) separator = rest_.size();
    return take(close, separator);
  }

  /// `length` characters are the field; the separator stands at `separator`, or nowhere.
  std::string_view take(std::size_t length, std::size_t separator) {
    const auto field = rest_.substr(0, length);
    ended_ = separator == rest_.size();
    rest_.remove_prefix(ended_ ? separator : separator + 1);
    return field;
  }

  std::string_view rest_;
  char separator_;
  bool quoted_;
  bool ended_ = false;
};

}  // namespace noroshi
