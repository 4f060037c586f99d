#include "guard/audit/bundle.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

#include "base/file.h"
#include "guard/audit/base64.h"
#include "guard/audit/bundle_texts.h"
#include "guard/audit/line.h"
#include "guard/audit/segments.h"
#include "guard/audit/tar.h"

// Door (in): segments of the audit, for an export. Guard: the export is itself on the audit.

namespace noroshi {
namespace {

constexpr std::string_view kFolder = "noroshi-audit/";

/// Part of a segment that leaves.
struct Piece {
  std::filesystem::path path;
  std::uint64_t first = 0;  // entry, for its name
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

std::optional<AuditLine> entry_of(const LineFile::Line& line) {
  if (!line.ended || line.too_long) return std::nullopt;
  return scan_audit_line(line.text.substr(0, line.text.size() - 1));
}

std::uint64_t covered_by(const AuditLine& entry) {
  if (entry.kind != "timestamp") return 0;
  const auto text = audit_detail(entry, "covers");
  std::uint64_t covered = 0;
  std::from_chars(text.data(), text.data() + text.size(), covered);
  return covered;
}

/// Where the span lies, in lines from 1: not entries, for a broken chain leaves as it is.
class Span {
 public:
  explicit Span(const AuditSpan& asked) : asked_(asked) {}

  void look(const LineFile::Line& line) {
    ++lines_;
    const auto entry = entry_of(line);
    const bool begins = entry && (!asked_.from || entry->time >= *asked_.from);
    if (first_ == 0 && begins) first_ = lines_;
    if (!asked_.to || (entry && entry->time <= *asked_.to)) {
      last_ = lines_;
      if (entry) last_entry_ = entry->sequence;
      stamp_ = 0;
    } else if (stamp_ == 0 && entry && covered_by(*entry) >= last_entry_) {
      stamp_ = lines_;
    }
  }

  [[nodiscard]] bool empty() const { return first_ == 0 || last_ < first_; }
  [[nodiscard]] std::uint64_t first() const { return first_; }
  /// With the time stamp that covers the span, if there is one.
  [[nodiscard]] std::uint64_t last() const { return std::max(last_, stamp_); }
  /// The head of the chain vouches for the last entry too.
  [[nodiscard]] bool reaches_the_end() const { return last() == lines_; }

 private:
  AuditSpan asked_;
  std::uint64_t lines_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t last_entry_ = 0;
  std::uint64_t stamp_ = 0;
};

/// What lies in the span.
struct Contents {
  std::vector<Piece> pieces;
  AuditHead before;  // the first entry
  AuditHead last;
  std::vector<std::pair<std::uint64_t, std::string>> tokens;
  AuditBundle summary;

  void take(const AuditSegment& segment, const LineFile::Line& line) {
    const auto entry = entry_of(line);
    last = {entry ? entry->sequence : last.sequence + 1, sha256(line.text)};
    if (pieces.empty() || pieces.back().path != segment.path)
      pieces.push_back({segment.path, last.sequence, line.offset, 0});
    pieces.back().length += line.length;
    if (summary.entries++ == 0) {
      summary.first = last.sequence;
      if (entry) before.hash = entry->previous;
      before.sequence = last.sequence - 1;
    }
    summary.last = last.sequence;
    if (!entry || entry->kind != "timestamp") return;
    if (auto token = decode_base64(audit_detail(*entry, "token")))
      tokens.emplace_back(last.sequence, std::move(*token));
    summary.time_stamps = tokens.size();
  }
};

Result<std::string> small_file(const std::filesystem::path& path) {
  constexpr std::uint64_t kMost = 1 << 20;
  const auto file = TRY(File::open(path, O_RDONLY));
  std::string text(static_cast<std::size_t>(std::min(TRY(file.size()), kMost)), '\0');
  text.resize(TRY(file.read_at(0, std::as_writable_bytes(std::span(text)))));
  return text;
}

Status copy(const Piece& piece, TarWriter& tar) {
  const auto file = TRY(File::open(piece.path, O_RDONLY));
  TRY(tar.begin_file(std::string(kFolder) + audit_segment_name(piece.first), piece.length));
  std::string buffer(std::size_t{1} << 18, '\0');
  for (std::uint64_t done = 0; done < piece.length;) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), piece.length - done));
    const auto got = TRY(
        file.read_at(piece.offset + done, std::as_writable_bytes(std::span(buffer)).first(wanted)));
    if (got != wanted)
      return failure(ErrorCode::kTruncated, piece.path.string() + ": became shorter");
    TRY(tar.write(std::string_view(buffer).substr(0, got)));
    done += got;
  }
  return tar.end_file();
}

}  // namespace

Result<AuditBundle> write_audit_bundle(const std::filesystem::path& folder, const AuditSpan& span,
                                       const std::string& ca_file,
                                       const std::function<AuditEnd()>& end,
                                       const std::function<Status(std::string_view)>& sink) {
  // What is written meanwhile does not belong to it.
  const auto until = end ? std::optional(end()) : std::nullopt;
  const auto fixed_end =
      until ? std::function<AuditEnd()>([&] { return *until; }) : std::function<AuditEnd()>();
  const auto certificates = ca_file.empty() ? std::string() : TRY(small_file(ca_file));
  Span place(span);
  TRY(each_audit_line(folder, fixed_end, [&](const AuditSegment&, const LineFile::Line& line) {
    place.look(line);
    return Status();
  }));
  if (place.empty())
    return failure(ErrorCode::kNotFound, folder.string() + ": no entry is in this time");
  Contents contents;
  std::uint64_t lines = 0;
  TRY(each_audit_line(folder, fixed_end,
                      [&](const AuditSegment& segment, const LineFile::Line& line) -> Status {
                        ++lines;
                        if (lines >= place.first() && lines <= place.last())
                          contents.take(segment, line);
                        return {};
                      }));

  Sha256 hash;
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  TarWriter tar(
      [&](std::string_view piece) {
        hash.update(piece);
        return sink(piece);
      },
      now);
  const std::string root(kFolder);
  TRY(tar.file(root + "README.txt", audit_bundle_readme()));
  TRY(tar.file(root + "verify_audit.py", audit_bundle_script()));
  if (contents.before.sequence != 0)
    TRY(tar.file(root + "before", audit_head_text(contents.before)));
  // At the end of the chain its own head, which knows of entries that are gone; elsewhere the
  // last entry that leaves.
  auto head = audit_head_text(contents.last);
  if (place.reaches_the_end() && until) head = audit_head_text(until->head);
  if (place.reaches_the_end() && !until) {
    if (auto own = small_file(folder / "head")) head = std::move(*own);
  }
  TRY(tar.file(root + "head", head));
  if (!certificates.empty()) TRY(tar.file(root + "ca.pem", certificates));
  for (const auto& [sequence, token] : contents.tokens)
    TRY(tar.file(fmt::format("{}tokens/{:020}.tst", root, sequence), token));
  for (const auto& piece : contents.pieces) TRY(copy(piece, tar));
  TRY(tar.finish());
  contents.summary.sha256 = hash.finish();
  return contents.summary;
}

}  // namespace noroshi
