#include "desk/stored_flows.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace noroshi {
namespace {

/// A folder of our own for as long as a question takes.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create() {
    std::error_code error;
    auto name = std::filesystem::temp_directory_path(error).string() + "/noroshi-parquet-XXXXXX";
    if (error || ::mkdtemp(name.data()) == nullptr)
      return failure(ErrorCode::kIo, fmt::format("{}: {}", name, std::strerror(errno)));
    return TemporaryFolder(std::move(name));
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace

Result<std::vector<Answer>> StoredFlows::ask(std::span<const GroupQuestion> questions) {
  std::vector<Answer> answers;
  for (const auto& question : questions) answers.push_back(TRY(history_.ask(question)));
  return answers;
}

Result<Answer> StoredFlows::ask(const SeriesQuestion& question) { return history_.ask(question); }

Result<Answer> StoredFlows::ask(const TrendSeriesQuestion& question) {
  return history_.ask(question);
}

Status StoredFlows::read(const RowsQuestion& question, const RowSink& sink) {
  return history_.read(question, sink);
}

Status StoredFlows::read_parquet(const RowsQuestion& question, const PieceSink& sink) {
  const auto folder = TRY(TemporaryFolder::create());
  const auto path = folder.path() + "/flows.parquet";
  TRY(history_.export_parquet(question, path));
  std::ifstream file(path, std::ios::binary);
  std::array<char, 65'536> piece;
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0)
    TRY(sink(std::string_view(piece.data(), static_cast<std::size_t>(file.gcount()))));
  if (file.bad()) return failure(ErrorCode::kIo, path + ": cannot be read back");
  return {};
}

}  // namespace noroshi
