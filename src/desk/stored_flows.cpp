#include "desk/stored_flows.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "guard/answer_digest.h"
#include "guard/grant.h"

// Door (in): the Parquet file that the engine wrote for an answer. Guard: written under a grant
// for export; removed when it was sent.
// Door (read): every question of people about stored traffic. Guard: Granted questions alone:
// purpose, policy, person, on the audit first.

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

template <typename Question>
Result<Answer> StoredFlows::ask_one(const Question& question) {
  auto granted = TRY(guard_.permit(access_, question));
  const auto terms = granted.terms();
  note(terms);
  auto answer = history_.ask(std::move(granted));
  if (!answer) {
    TRY(guard_.failed(terms, answer.error()));
    return answer;
  }
  AnswerDigest digest;
  digest.add(*answer);
  TRY(guard_.answered(terms, answer->rows.size(), digest.finish()));
  return answer;
}

Result<std::vector<Answer>> StoredFlows::ask(std::span<const GroupQuestion> questions) {
  notes_.clear();
  std::vector<Answer> answers;
  for (const auto& question : questions) answers.push_back(TRY(ask_one(question)));
  return answers;
}

Result<Answer> StoredFlows::ask(const SeriesQuestion& question) {
  notes_.clear();
  return ask_one(question);
}

Result<Answer> StoredFlows::ask(const TrendSeriesQuestion& question) {
  notes_.clear();
  return ask_one(question);
}

Status StoredFlows::read(const RowsQuestion& question, const RowSink& sink) {
  return read_rows(question, RowsUse::kShow, sink);
}

Status StoredFlows::read_for_export(const RowsQuestion& question, const RowSink& sink) {
  return read_rows(question, RowsUse::kExport, sink);
}

Status StoredFlows::read_rows(const RowsQuestion& question, RowsUse use, const RowSink& sink) {
  notes_.clear();
  auto granted = TRY(guard_.permit(access_, question, use));
  const auto terms = granted.terms();
  note(terms);
  AnswerDigest digest;
  std::uint64_t rows = 0;
  const auto read = history_.read(std::move(granted), [&](const FlowBatch& batch) -> Status {
    digest.add(batch);
    rows += batch.size();
    return sink(batch);
  });
  if (!read) {
    TRY(guard_.failed(terms, read.error()));
    return read;
  }
  return guard_.answered(terms, rows, digest.finish());
}

Status StoredFlows::read_parquet(const RowsQuestion& question, const PieceSink& sink) {
  notes_.clear();
  auto granted = TRY(guard_.permit(access_, question, RowsUse::kExport));
  const auto terms = granted.terms();
  note(terms);
  const auto folder = TRY(TemporaryFolder::create());
  const auto path = folder.path() + "/flows.parquet";
  if (auto written = history_.export_parquet(std::move(granted), path); !written) {
    TRY(guard_.failed(terms, written.error()));
    return written;
  }
  AnswerDigest digest;
  std::ifstream file(path, std::ios::binary);
  std::array<char, 65'536> piece;
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
    const std::string_view text(piece.data(), static_cast<std::size_t>(file.gcount()));
    digest.add(text);
    TRY(sink(text));
  }
  if (file.bad()) return failure(ErrorCode::kIo, path + ": cannot be read back");
  return guard_.answered(terms, std::nullopt, digest.finish());
}

void StoredFlows::note(const GrantTerms& terms) {
  for (const auto& each : terms.notes)
    if (std::ranges::find(notes_, each) == notes_.end()) notes_.push_back(each);
}

}  // namespace noroshi
