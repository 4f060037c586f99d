#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace noroshi {

/// Reads a segment line by line, in memory that does not grow with it.
class LineFile {
 public:
  /// Reads up to `most_bytes`: what is written behind them meanwhile is not seen.
  [[nodiscard]] static Result<LineFile> open(
      const std::filesystem::path& path,
      std::uint64_t most_bytes = std::numeric_limits<std::uint64_t>::max());

  struct Line {
    std::string_view text;     ///< with its newline, if it has one; valid until the next call
    bool ended = true;         ///< false: the file ends within it
    bool too_long = false;     ///< longer than kMostAuditLine: `text` is empty
    std::uint64_t offset = 0;  ///< in the file
    std::uint64_t length = 0;  ///< of all of it
  };
  /// Nothing at the end. An error where the disk gives none.
  [[nodiscard]] Result<std::optional<Line>> next();

 private:
  LineFile(File file, std::uint64_t most_bytes);
  Status fill();

  File file_;
  std::uint64_t most_bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;   // of what has not been given out
  std::size_t end_ = 0;     // of what has been read
  std::uint64_t read_ = 0;  // from the file
  bool at_end_ = false;
};

}  // namespace noroshi
