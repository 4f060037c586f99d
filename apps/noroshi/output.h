#pragma once

#include <cstddef>
#include <string_view>

#include "command.h"

namespace noroshi {

/// Standard output, past stdio: what is written is written.
class Output {
 public:
  /// False once nothing more can be written; the command then stops and returns `exit()`.
  bool write(std::string_view text);

  /// kDone as long as all went well, and also when the reader has closed the pipe (`| head`): it
  /// has what it wanted. Other failures have been reported and are kFailed.
  [[nodiscard]] Exit exit() const { return failed_ ? Exit::kFailed : Exit::kDone; }

  [[nodiscard]] bool is_open() const { return open_; }

 private:
  bool open_ = true;
  bool failed_ = false;
};

/// Columns of standard output's terminal; else what COLUMNS says; else those of a plain one.
[[nodiscard]] std::size_t output_width();

/// One line on standard error: "noroshi: conn.log: …".
void complain(std::string_view message);
/// The same about `path` ("-" is standard input), which the message may already begin with.
void complain(std::string_view path, std::string_view message);

}  // namespace noroshi
