#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.h"

namespace noroshi {

/// An open file of ours, closed at the end. Every error names the file and what the system said.
/// Positioned reads and writes may come from several threads.
class File {
 public:
  /// As open(2), made with `mode` where it is made. kNotFound, kPermission or kIo.
  [[nodiscard]] static Result<File> open(const std::filesystem::path& path, int flags,
                                         unsigned mode = 0640);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  [[nodiscard]] Result<std::uint64_t> size() const;
  /// Fewer bytes than asked for only at the end of the file.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const;
  /// All of them, or an error: then some may have been written.
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) const;
  Status cut(std::uint64_t size) const;
  /// Waits until the contents are on disk.
  Status sync() const;
  /// Takes the lock of the whole file without waiting: kUnavailable where another has it. Held
  /// until closed.
  Status lock() const;

 private:
  File(std::filesystem::path path, int descriptor);
  [[nodiscard]] tl::unexpected<Error> failed(const char* what) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
};

/// Waits until the names of a folder are on disk, after one was made or removed.
Status sync_folder(const std::filesystem::path& folder);

}  // namespace noroshi
