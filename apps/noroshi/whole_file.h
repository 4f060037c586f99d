#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace noroshi {

/// A file that appears under its name only when it is whole: written as "NAME.partial-PID" beside
/// it, renamed by finish(), removed when abandoned. Errors begin with the name.
class WholeFile {
 public:
  enum class Existing : bool { kRefuse, kReplace };

  [[nodiscard]] static Result<WholeFile> create(const std::string& path, Existing existing);
  ~WholeFile();
  WholeFile(WholeFile&& other) noexcept;
  WholeFile& operator=(WholeFile&&) = delete;

  [[nodiscard]] Status write(std::span<const std::byte> bytes);
  /// Renames the file into place. A file that has appeared there meanwhile is replaced only with
  /// kReplace.
  [[nodiscard]] Status finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  WholeFile(std::string path, Existing existing);
  [[nodiscard]] tl::unexpected<Error> refused(const char* attempt) const;

  std::string path_;
  std::string partial_;
  Existing existing_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace noroshi
