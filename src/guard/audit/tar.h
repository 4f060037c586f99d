#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace noroshi {

/// Writes an archive of regular files (POSIX.1-1988, ustar): names up to 100 octets, files below
/// 8 GiB, all of one time, readable by their owner alone.
class TarWriter {
 public:
  using Sink = std::function<Status(std::string_view)>;
  TarWriter(Sink sink, std::int64_t unix_seconds)
      : sink_(std::move(sink)), unix_seconds_(unix_seconds) {}

  Status file(const std::string& name, std::string_view contents);
  /// A file in pieces: write() exactly `size` octets of it, then end_file().
  Status begin_file(const std::string& name, std::uint64_t size);
  Status write(std::string_view piece);
  Status end_file();
  /// The archive is whole.
  Status finish();

 private:
  Sink sink_;
  std::int64_t unix_seconds_;
  std::uint64_t left_ = 0;  // of the file that was begun
  std::uint64_t size_ = 0;
};

}  // namespace noroshi
