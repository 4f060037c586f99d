#include "learn/text_file.h"

#include <fcntl.h>

#include <span>

#include "base/file.h"

// Door (in): scenarios and truth files. Guard: named by the user; sizes are bounded.

namespace noroshi {

Result<std::string> read_text_file(const std::string& path) {
  const auto file = TRY(File::open(path, O_RDONLY | O_CLOEXEC));
  const auto size = TRY(file.size());
  if (size > kLongestText) return failure(ErrorCode::kLimit, path + ": too long");
  std::string text(size, '\0');
  text.resize(TRY(file.read_at(0, std::as_writable_bytes(std::span(text)))));
  return text;
}

}  // namespace noroshi
