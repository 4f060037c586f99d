#include "output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

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
