#include "guard/pseudonym/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/check.h"

namespace noroshi {
namespace {

tl::unexpected<Error> failed(const std::filesystem::path& path, const char* attempt) {
  const int cause = errno;
  const auto code = cause == ENOENT                     ? ErrorCode::kNotFound
                    : cause == EACCES || cause == EPERM ? ErrorCode::kPermission
                                                        : ErrorCode::kIo;
  return failure(code,
                 fmt::format("{}: cannot {}: {}", path.string(), attempt, std::strerror(cause)));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }

 private:
  int number_;
};

Status write_all(int file, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(path, "write");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

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
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.open()) return failed(path, "open");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed(path, "read");
  if (!S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kLargestPrivateFile)
    return failure(ErrorCode::kMalformed, fmt::format("{}: not a file of keys", path.string()));
  if ((status.st_mode & 0077) != 0)
    return failure(ErrorCode::kPermission,
                   fmt::format("{}: others may use this file (mode {:04o}): chmod 600 it, and "
                               "think of its keys as known",
                               path.string(), status.st_mode & 07777));
  PrivateText text(kLargestPrivateFile);
  while (!text.rest().empty()) {
    const auto got = ::read(file.get(), text.rest().data(), text.rest().size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "read");
    if (got == 0) break;
    text.written(static_cast<std::size_t>(got));
  }
  return text;
}

Status write_private_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path partial = path.string() + ".partial";
  const Descriptor old(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  {
    ::unlink(partial.c_str());
    const Descriptor file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.open()) return failed(path, "create");
    TRY(write_all(file.get(), text, path));
    if (::fsync(file.get()) != 0) return failed(path, "sync");
  }
  if (::rename(partial.c_str(), path.c_str()) != 0) return failed(path, "rename into place");
  const auto parent = path.parent_path();
  const Descriptor folder(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open() || ::fsync(folder.get()) != 0) return failed(path, "sync");
  struct stat status {};
  if (old.open() && ::fstat(old.get(), &status) == 0) {
    const std::string zeros(static_cast<std::size_t>(status.st_size), '\0');
    TRY(write_all(old.get(), zeros, path));
    if (::fsync(old.get()) != 0) return failed(path, "overwrite the old");
  }
  return {};
}

}  // namespace noroshi
