#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "record/input.h"

// Door (in): recordings given by hand, and standard input. Guard: under the purpose of whoever
// gives them, which `analyze` and `flows --file` ask for; headers up to layer 4 alone are decoded.

namespace noroshi {
namespace {

class FileStream final : public ByteStream {
 public:
  FileStream(int descriptor, std::string path, std::uint64_t size)
      : descriptor_(descriptor), path_(std::move(path)), size_(size) {}
  ~FileStream() override {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
  }
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    while (true) {
      const auto got = ::read(descriptor_, buffer.data(), buffer.size());
      if (got >= 0) {
        consumed_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR)
        return failure(ErrorCode::kIo, fmt::format("{}: cannot read: {}", path_, strerror(errno)));
    }
  }
  std::uint64_t consumed() const override { return consumed_; }
  std::uint64_t total() const override { return size_; }

 private:
  int descriptor_;
  std::string path_;
  std::uint64_t size_;
  std::uint64_t consumed_ = 0;
};

ErrorCode code_of(int error) {
  if (error == ENOENT || error == ENOTDIR) return ErrorCode::kNotFound;
  if (error == EACCES || error == EPERM) return ErrorCode::kPermission;
  return ErrorCode::kIo;
}

}  // namespace

Result<std::unique_ptr<ByteStream>> open_stream(const std::string& path) {
  if (path == "-") return std::make_unique<FileStream>(STDIN_FILENO, "standard input", 0);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failure(code_of(errno), fmt::format("{}: {}", path, strerror(errno)));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    const int error = errno;
    ::close(descriptor);
    return failure(code_of(error), fmt::format("{}: {}", path, strerror(error)));
  }
  if (S_ISDIR(status.st_mode)) {
    ::close(descriptor);
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{}: is a directory; name the recordings in it", path));
  }
  if (S_ISREG(status.st_mode) && status.st_size == 0) {
    ::close(descriptor);
    return failure(ErrorCode::kTruncated, fmt::format("{}: is empty", path));
  }
  const auto size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
  return std::make_unique<FileStream>(descriptor, path, size);
}

}  // namespace noroshi
