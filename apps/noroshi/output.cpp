#include "output.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// Door (out): answers, to standard output. Guard: made by rooms that have their own guards.

namespace noroshi {

bool Output::write(std::string_view text) {
  while (open_ && !text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      open_ = false;
      failed_ = errno != EPIPE;
      if (failed_) complain(fmt::format("standard output: {}", std::strerror(errno)));
    }
  }
  return open_;
}

std::size_t output_width() {
  constexpr std::size_t kWidthElsewhere = 80;
  constexpr std::size_t kLargestWidth = 1000;
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) return window.ws_col;
  std::size_t columns = 0;
  if (const char* stated = std::getenv("COLUMNS")) {
    const std::string_view text(stated);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
    if (error == std::errc() && end == text.data() + text.size() && columns > 0 &&
        columns <= kLargestWidth)
      return columns;
  }
  return kWidthElsewhere;
}

void complain(std::string_view message) {
  // One write, so that lines of parallel runs do not mix.
  const auto line = fmt::format("noroshi: {}\n", message);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void complain(std::string_view path, std::string_view message) {
  if (path == "-") path = "standard input";
  if (message.starts_with(fmt::format("{}: ", path)))
    complain(message);
  else
    complain(fmt::format("{}: {}", path, message));
}

}  // namespace noroshi
