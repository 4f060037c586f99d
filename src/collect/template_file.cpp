#include "collect/template_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "collect/file_descriptor.h"
#include "decode/template_store.h"

// Door (in, out): templates and options of exporters, over a restart. Guard: descriptions of
// records, never a flow; checked whole when read.

namespace noroshi {
namespace {

/// Far above what Decoder::Limits allow to be saved.
constexpr std::size_t kLargest = std::size_t{256} << 20;

tl::unexpected<Error> failed(const std::string& path, const char* attempt) {
  const int cause = errno;
  const auto code = cause == ENOENT                     ? ErrorCode::kNotFound
                    : cause == EACCES || cause == EPERM ? ErrorCode::kPermission
                                                        : ErrorCode::kIo;
  return failure(code, fmt::format("{}: cannot {}: {}", path, attempt, std::strerror(cause)));
}

Status write_all(int file, std::span<const std::byte> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(path, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

/// Brings the name of a renamed file to the disk.
Status sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open() || ::fsync(descriptor.get()) != 0) return failed(path, "sync");
  return {};
}

}  // namespace

Result<std::vector<SavedSession>> read_template_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return failed(path, "open");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed(path, "read");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || size > kLargest)
    return failure(ErrorCode::kMalformed, fmt::format("{}: not a template file", path));
  std::vector<std::byte> content(size);
  for (std::size_t position = 0; position < size;) {
    const auto got = ::read(file.get(), content.data() + position, size - position);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "read");
    if (got == 0) break;  // shorter than it was: the checksum will tell
    position += static_cast<std::size_t>(got);
  }
  auto sessions = read_template_store(content);
  if (!sessions) return tl::unexpected(in_context(path, sessions.error()));
  return sessions;
}

Status write_template_file(const std::string& path, const std::vector<std::byte>& content) {
  const auto partial = path + ".partial";
  {
    const FileDescriptor file(
        ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!file.is_open()) return failed(path, "create");
    TRY(write_all(file.get(), content, path));
    if (::fsync(file.get()) != 0) return failed(path, "sync");
  }
  if (::rename(partial.c_str(), path.c_str()) != 0) return failed(path, "rename into place");
  return sync_folder_of(path);
}

}  // namespace noroshi
