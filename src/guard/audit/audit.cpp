#include "guard/audit/audit.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "guard/audit/clear_address.h"
#include "guard/audit/kinds.h"
#include "guard/audit/line.h"
#include "guard/audit/verify.h"

// Door (in, out): the segments and the head of the audit. Guard: mode 0600, one writer; entries
// with a subscriber's address in clear are refused; the chain is verified.

namespace noroshi {
namespace {

constexpr unsigned kFileMode = 0600;

Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder, error);
  if (!error && made)
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error)
    return failure(ErrorCode::kIo, fmt::format("{}: {}", folder.string(), error.message()));
  return {};
}

std::optional<std::string> address_in(const AuditEntry& entry,
                                      const std::vector<Prefix>& subscribers) {
  for (const auto* const text :
       {&entry.who, &entry.purpose, &entry.grant, &entry.case_id, &entry.what, &entry.result})
    if (auto found = find_clear_address(*text, subscribers)) return found;
  for (const auto& [name, value] : entry.details) {
    if (auto found = find_clear_address(name, subscribers)) return found;
    if (auto found = find_clear_address(value, subscribers)) return found;
  }
  return std::nullopt;
}

}  // namespace

Audit::Audit(Config config, AuditClock clock, File lock)
    : config_(std::move(config)), clock_(std::move(clock)), lock_(std::move(lock)) {}

Audit::~Audit() {
  // The head may lag behind what is in the segments; an orderly end leaves it whole on disk.
  if (head_file_) static_cast<void>(head_file_->sync());
}

Result<std::unique_ptr<Audit>> Audit::open(Config config, AuditClock clock) {
  TRY(make_folder(config.folder));
  auto lock = TRY(File::open(config.folder / "lock", O_RDWR | O_CREAT, kFileMode));
  TRY(lock.lock());
  std::unique_ptr<Audit> audit(new Audit(std::move(config), std::move(clock), std::move(lock)));
  TRY(audit->take_up());
  return audit;
}

Status Audit::take_up() {
  // Two segments: the last, and the link between it and the one before. The rest is verified on
  // demand, for it may be long.
  const AuditScope scope{.last_segments = 2};
  const auto seen = TRY(verify_audit(config_.folder, scope));
  if (!seen.is_intact()) {
    const auto fault = std::ranges::find_if(seen.findings, [](const AuditFinding& finding) {
      return finding.fault != AuditFault::kClock && finding.fault != AuditFault::kTimeStamp &&
             finding.fault != AuditFault::kUnfinished;
    });
    return failure(
        ErrorCode::kMalformed,
        fmt::format(
            "{}: {}; nothing is written to a broken chain: see `noroshi guard audit verify` "
            "and, to go on, `noroshi guard audit begin`",
            config_.folder.string(), fault == seen.findings.end() ? "broken" : fault->english));
  }
  last_ = seen.last;
  end_.head = seen.last;
  statistics_.sequence = last_.sequence;
  if (!seen.head) TRY(make_head());
  if (!head_file_) head_file_ = TRY(File::open(config_.folder / "head", O_RDWR));
  const auto segments = TRY(audit_segments(config_.folder));
  if (segments.empty()) return {};
  const auto& segment = segments.back();
  segment_ = TRY(File::open(segment.path, O_RDWR));
  end_.segment_first = segment.first;
  end_.segment_bytes = seen.last_segment_whole_bytes;
  // Whole lines that a crash left behind unsynced are kept, so they are made to last.
  TRY(segment_->sync());
  return segment.bytes > end_.segment_bytes ? cut_unfinished(segment, end_.segment_bytes)
                                            : Status();
}

Status Audit::make_head() {
  head_file_ = TRY(File::open(config_.folder / "head", O_RDWR | O_CREAT, kFileMode));
  TRY(write_head({}));
  TRY(head_file_->sync());
  return sync_folder(config_.folder);
}

Status Audit::cut_unfinished(const AuditSegment& segment, std::uint64_t whole_bytes) {
  std::string rest(static_cast<std::size_t>(segment.bytes - whole_bytes), '\0');
  TRY(segment_->read_at(whole_bytes, std::as_writable_bytes(std::span(rest))));
  TRY(segment_->cut(whole_bytes));
  TRY(segment_->sync());
  AuditEntry entry;
  entry.kind = "recovered";
  entry.who = "system:audit";
  entry.what = "an unfinished line, never acknowledged, was cut off";
  entry.details = {{"segment", segment.name()},
                   {"octets", fmt::format("{}", rest.size())},
                   {"sha256", sha256(rest).to_hex()}};
  TRY(append(std::move(entry)));
  return {};
}

std::optional<Error> Audit::fault_of(const AuditEntry& entry) const {
  if (find_audit_kind(entry.kind) == nullptr)
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is not a kind of audit entry", entry.kind)};
  if (address_in(entry, config_.subscribers))
    return Error{ErrorCode::kPermission,
                 fmt::format("an audit entry '{}' holds a subscriber's address in clear, where its "
                             "pseudonym belongs: it was not written",
                             entry.kind)};
  return std::nullopt;
}

Result<std::uint64_t> Audit::append(AuditEntry entry) {
  std::unique_lock lock(mutex_);
  auto fault = broken_ ? broken_ : fault_of(entry);
  RecordedEntry recorded;
  std::string line;
  if (!fault) {
    recorded = {last_.sequence + 1, clock_(), config_.node, last_.hash, std::move(entry)};
    line = audit_line(recorded);
    if (line.size() > kMostAuditLine)
      fault = Error{ErrorCode::kLimit, fmt::format("an audit entry of {} octets is longer than {}",
                                                   line.size(), kMostAuditLine)};
  }
  if (fault) {
    ++statistics_.failures;
    return tl::unexpected(*fault);
  }
  const auto group = join(line, recorded.sequence);
  written_.wait(lock, [&] { return group->outcome || !writing_; });
  if (!group->outcome) lead(lock);
  // A copy: others wait for the same outcome.
  if (const auto outcome = *group->outcome; !outcome) return tl::unexpected(outcome.error());
  return recorded.sequence;
}

std::shared_ptr<Audit::Group> Audit::join(const std::string& line, std::uint64_t sequence) {
  if (gathering_ == nullptr) {
    gathering_ = std::make_shared<Group>();
    gathering_->first = sequence;
  }
  last_ = {sequence, sha256(line)};
  gathering_->lines += line;
  gathering_->last = last_;
  ++gathering_->entries;
  return gathering_;
}

/// Writes the group that has gathered, without the lock: the next one gathers meanwhile.
void Audit::lead(std::unique_lock<std::mutex>& lock) {
  const auto group = std::exchange(gathering_, nullptr);
  writing_ = true;
  lock.unlock();
  auto outcome = write(*group);
  // What may have been written of it goes again, so that the chain is as it was before.
  Status restored;
  if (!outcome && segment_) {
    restored = segment_->cut(end_.segment_bytes);
    if (restored) restored = segment_->sync();
  }
  lock.lock();
  writing_ = false;
  ++statistics_.syncs;
  if (outcome) {
    end_.head = group->last;
    end_.segment_bytes += group->lines.size();
    statistics_.entries += group->entries;
    statistics_.sequence = group->last.sequence;
  } else {
    if (!restored) broken_ = in_context("the audit is closed until a restart", outcome.error());
    last_ = end_.head;
    statistics_.failures += group->entries;
    // Those who joined meanwhile were linked to entries that do not exist.
    if (const auto others = std::exchange(gathering_, nullptr)) {
      statistics_.failures += others->entries;
      others->outcome = outcome;
    }
  }
  group->outcome = std::move(outcome);
  written_.notify_all();
}

Status Audit::write(const Group& group) {
  const bool full =
      end_.segment_bytes > 0 && end_.segment_bytes + group.lines.size() > config_.segment_bytes;
  if (!segment_ || full) TRY(begin_segment(group.first));
  TRY(segment_->write_at(end_.segment_bytes, std::as_bytes(std::span(group.lines))));
  TRY(segment_->sync());
  return write_head(group.last);
}

Status Audit::write_head(const AuditHead& head) {
  const auto text = audit_head_text(head);
  return head_file_->write_at(0, std::as_bytes(std::span(text)));
}

Status Audit::begin_segment(std::uint64_t first) {
  const auto path = config_.folder / audit_segment_name(first);
  // An earlier try may have left an empty one, when the disk was full.
  auto file = TRY(File::open(path, O_RDWR | O_CREAT, kFileMode));
  if (TRY(file.size()) != 0)
    return failure(ErrorCode::kMalformed, fmt::format("{}: is there already", path.string()));
  TRY(file.sync());
  TRY(sync_folder(config_.folder));
  segment_ = std::move(file);
  const std::lock_guard lock(mutex_);
  end_.segment_first = first;
  end_.segment_bytes = 0;
  return {};
}

AuditEnd Audit::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

void Audit::set_subscribers(std::vector<Prefix> subscribers) {
  const std::lock_guard lock(mutex_);
  config_.subscribers = std::move(subscribers);
}

Audit::Statistics Audit::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

}  // namespace noroshi
