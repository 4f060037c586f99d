#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/check.h"

namespace noroshi::for_test {

/// A new folder that is gone with all in it when the test ends.
class Folder {
 public:
  explicit Folder(const std::filesystem::path& within = std::filesystem::temp_directory_path()) {
    auto name = (within / "noroshi-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Where a folder is kept in memory, if there is such a place: for tests that write much and do not
/// care about the disk.
inline std::filesystem::path memory_folder() {
  std::error_code ignored;
  const std::filesystem::path shared("/dev/shm");
  return std::filesystem::is_directory(shared, ignored) ? shared
                                                        : std::filesystem::temp_directory_path();
}

}  // namespace noroshi::for_test
