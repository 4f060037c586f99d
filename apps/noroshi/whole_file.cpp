#include "whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

// Door (in, out): files of answers, replaced whole. Guard: made under a grant for export, or of
// recordings given by hand.

namespace noroshi {
namespace {

Status refuse_existing(const std::string& path) {
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("{}: exists already; --force replaces it", path));
}

}  // namespace

WholeFile::WholeFile(std::string path, Existing existing)
    : path_(std::move(path)),
      partial_(fmt::format("{}.partial-{}", path_, ::getpid())),
      existing_(existing) {}

WholeFile::WholeFile(WholeFile&& other) noexcept = default;

WholeFile::~WholeFile() {
  if (!file_) return;
  file_.reset();
  ::unlink(partial_.c_str());
}

tl::unexpected<Error> WholeFile::refused(const char* attempt) const {
  const auto code = errno == EACCES || errno == EPERM ? ErrorCode::kPermission : ErrorCode::kIo;
  return failure(code, fmt::format("{}: cannot {}: {}", path_, attempt, std::strerror(errno)));
}

Result<WholeFile> WholeFile::create(const std::string& path, Existing existing) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode))
      return failure(ErrorCode::kInvalidArgument, fmt::format("{}: not a regular file", path));
    if (existing == Existing::kRefuse) TRY(refuse_existing(path));
  }
  WholeFile file(path, existing);
  const int descriptor =
      ::open(file.partial_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return file.refused("create");
  file.file_.reset(::fdopen(descriptor, "wb"));
  if (!file.file_) {
    const auto error = file.refused("open");
    ::close(descriptor);
    ::unlink(file.partial_.c_str());
    return error;
  }
  return file;
}

Status WholeFile::write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
    return refused("write");
  return {};
}

Status WholeFile::finish() {
  if (std::fflush(file_.get()) != 0) return refused("write");
  if (existing_ == Existing::kReplace) {
    if (::rename(partial_.c_str(), path_.c_str()) != 0) return refused("rename into place");
  } else {
    // link() is the rename that refuses to replace, on every file system that has links.
    if (::link(partial_.c_str(), path_.c_str()) != 0) {
      if (errno == EEXIST) return refuse_existing(path_);
      if (::rename(partial_.c_str(), path_.c_str()) != 0) return refused("rename into place");
    } else {
      ::unlink(partial_.c_str());
    }
  }
  file_.reset();
  return {};
}

}  // namespace noroshi
