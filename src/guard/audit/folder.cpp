#include "guard/audit/folder.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/file.h"

// Door (in): the head of the audit. Guard: verified against the chain.

namespace noroshi {
namespace {

constexpr std::size_t kSequenceDigits = 20;
constexpr std::string_view kExtension = ".jsonl";

std::optional<std::uint64_t> read_sequence(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() ||
      digits.size() != kSequenceDigits)
    return std::nullopt;
  return value;
}

}  // namespace

std::string audit_segment_name(std::uint64_t first) {
  return fmt::format("{:020}{}", first, kExtension);
}

Result<std::vector<AuditSegment>> audit_segments(const std::filesystem::path& folder) {
  std::vector<AuditSegment> segments;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!name.ends_with(kExtension)) continue;
    const auto first = read_sequence(std::string_view(name).substr(0, name.size() - 6));
    if (!first) continue;
    const auto bytes = entry->file_size(error);
    if (error) break;
    segments.push_back({entry->path(), *first, bytes});
  }
  if (error)
    return failure(error == std::errc::no_such_file_or_directory ? ErrorCode::kNotFound
                   : error == std::errc::permission_denied       ? ErrorCode::kPermission
                                                                 : ErrorCode::kIo,
                   fmt::format("{}: {}", folder.string(), error.message()));
  std::ranges::sort(segments, {}, &AuditSegment::first);
  return segments;
}

std::string audit_head_text(const AuditHead& head) {
  return fmt::format("{:020} {}\n", head.sequence, head.hash.to_hex());
}

Result<std::optional<AuditHead>> read_audit_head(const std::filesystem::path& file) {
  const auto opened = File::open(file, O_RDONLY);
  if (!opened && opened.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (!opened) return tl::unexpected(opened.error());
  std::string text(audit_head_text({}).size() + 1, '\0');
  text.resize(TRY(opened->read_at(0, std::as_writable_bytes(std::span(text)))));
  AuditHead head;
  const auto sequence = read_sequence(std::string_view(text).substr(0, kSequenceDigits));
  const auto hash = text.size() < 85 ? Digest::from_hex("")
                                     : Digest::from_hex(std::string_view(text).substr(21, 64));
  if (sequence && hash) head = {*sequence, *hash};
  if (!sequence || !hash || text != audit_head_text(head))
    return failure(ErrorCode::kMalformed,
                   fmt::format("{}: does not hold the head of a chain", file.string()));
  return head;
}

}  // namespace noroshi
