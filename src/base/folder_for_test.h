#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/check.h"

namespace noroshi::for_test {

/// A new folder that is gone with all in it when the test ends.
class Folder {
 public:
  Folder() {
    auto name = (std::filesystem::temp_directory_path() / "noroshi-XXXXXX").string();
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

}  // namespace noroshi::for_test
