#include "store/embedded/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

// Door (in, out): the lock of the history's folder. Guard: the process number alone.

namespace noroshi {
namespace {

std::string who_holds(int file) {
  std::array<char, 32> text{};
  const auto length = pread(file, text.data(), text.size() - 1, 0);
  if (length <= 0) return "another process";
  return fmt::format("process {}", std::string(text.data(), static_cast<std::size_t>(length)));
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return failure(ErrorCode::kPermission,
                   fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
  const auto path = folder / "noroshi.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (file < 0)
    return failure(ErrorCode::kPermission,
                   fmt::format("{}: cannot be written: {}", path.string(), std::strerror(errno)));
  FolderLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) != 0)
    return failure(ErrorCode::kPermission,
                   fmt::format("the history in {} is open in {}: stop that, or ask it",
                               folder.string(), who_holds(file)));
  const auto name = fmt::format("{}", getpid());
  // The name is for people: the lock holds without it.
  if (ftruncate(file, 0) == 0) (void)!pwrite(file, name.data(), name.size(), 0);
  return lock;
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

}  // namespace noroshi
