#pragma once

#include <filesystem>

#include "base/result.h"

namespace noroshi {

/// Holds a folder for this process, by a lock on the file "noroshi.lock" in it that the kernel
/// takes back when the process ends in whatever way.
class FolderLock {
 public:
  /// Makes the folder when it is missing. kPermission: another process holds it, or the folder is
  /// not ours to write.
  [[nodiscard]] static Result<FolderLock> take(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

}  // namespace noroshi
