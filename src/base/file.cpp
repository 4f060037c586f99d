#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

// Door (in, out): files of ours, for the rooms above. Guard: each caller is a door of its own.

namespace noroshi {
namespace {

std::string system_error(int number) { return std::generic_category().message(number); }

}  // namespace

File::File(std::filesystem::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

tl::unexpected<Error> File::failed(const char* what) const {
  const int number = errno;
  return failure(ErrorCode::kIo,
                 fmt::format("{}: {}: {}", path_.string(), what, system_error(number)));
}

Result<File> File::open(const std::filesystem::path& path, int flags, unsigned mode) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (descriptor >= 0) return File(path, descriptor);
  const int number = errno;
  const auto code = number == ENOENT   ? ErrorCode::kNotFound
                    : number == EACCES ? ErrorCode::kPermission
                                       : ErrorCode::kIo;
  return failure(code, fmt::format("{}: {}", path.string(), system_error(number)));
}

Result<std::uint64_t> File::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return failed("size");
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> File::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto got = ::pread(descriptor_, into.data() + done, into.size() - done,
                             static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got < 0) {
      if (errno == EINTR) continue;
      return failed("read");
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Status File::write_at(std::uint64_t offset, std::span<const std::byte> bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto put = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                              static_cast<off_t>(offset + done));
    if (put < 0) {
      if (errno == EINTR) continue;
      return failed("write");
    }
    done += static_cast<std::size_t>(put);
  }
  return {};
}

Status File::cut(std::uint64_t size) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return failed("truncate");
  return {};
}

Status File::sync() const {
  if (::fdatasync(descriptor_) != 0) return failed("fsync");
  return {};
}

Status File::lock() const {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno == EWOULDBLOCK)
    return failure(ErrorCode::kUnavailable,
                   fmt::format("{}: another noroshi is using it", path_.string()));
  return failed("lock");
}

Status sync_folder(const std::filesystem::path& folder) {
  const auto file = TRY(File::open(folder, O_RDONLY | O_DIRECTORY));
  return file.sync();
}

}  // namespace noroshi
