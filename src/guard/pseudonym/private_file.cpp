#include "guard/pseudonym/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <string>

#include "base/check.h"
#include "base/file.h"

// Door (in, out): the key file and its ranges. Guard: mode 0600 or refused; overwritten before it
// is removed.

namespace noroshi {

void PrivateText::add(std::string_view text) {
  CHECK(size_ + text.size() <= most_);
  text.copy(begin() + size_, text.size());
  size_ += text.size();
}

void PrivateText::add(const Secret& secret) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const auto byte : secret.bytes()) {
    add(kDigits.substr(std::to_integer<std::size_t>(byte >> 4), 1));
    add(kDigits.substr(std::to_integer<std::size_t>(byte & std::byte{15}), 1));
  }
}

Result<PrivateText> read_private_file(const std::filesystem::path& path) {
  const auto file = TRY(File::open(path, O_RDONLY | O_NOFOLLOW));
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<std::size_t>(status.st_size) > kLargestPrivateFile)
    return failure(ErrorCode::kMalformed, fmt::format("{}: not a file of keys", path.string()));
  if ((status.st_mode & 0077) != 0)
    return failure(ErrorCode::kPermission,
                   fmt::format("{}: others may use this file (mode {:04o}): chmod 600 it, and "
                               "think of its keys as known",
                               path.string(), status.st_mode & 07777));
  PrivateText text(kLargestPrivateFile);
  text.written(TRY(file.read_at(0, std::as_writable_bytes(text.rest()))));
  return text;
}

Status write_private_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path partial = path.string() + ".partial";
  std::error_code ignored;
  std::filesystem::remove(partial, ignored);
  {
    const auto file = TRY(File::open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    TRY(file.write_at(0, std::as_bytes(std::span(text))));
    TRY(file.sync());
  }
  auto old = File::open(path, O_RDWR | O_NOFOLLOW);
  if (!old && old.error().code != ErrorCode::kNotFound) return tl::unexpected(old.error());
  std::error_code error;
  std::filesystem::rename(partial, path, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", path.string(), error.message()));
  const auto folder = path.parent_path();
  TRY(sync_folder(folder.empty() ? "." : folder));
  if (!old) return {};
  const std::string zeros(TRY(old->size()), '\0');
  TRY(old->write_at(0, std::as_bytes(std::span(zeros))));
  return old->sync();
}

}  // namespace noroshi
