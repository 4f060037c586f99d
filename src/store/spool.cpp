#include "store/spool.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/file.h"
#include "store/flow_frame.h"
#include "store/spool_record.h"

// Door (in, out): flows that wait for the engine. Guard: pseudonyms before they come here; mode
// 0600; bounded.

namespace noroshi {
namespace {

constexpr std::string_view kSuffix = ".spool";

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / fmt::format("{:016}{}", number, kSuffix);
}

/// The number of a segment from its file's name; nothing for other files.
std::optional<std::uint64_t> segment_number(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  if (!name.ends_with(kSuffix)) return std::nullopt;
  std::uint64_t number = 0;
  const auto* end = name.data() + name.size() - kSuffix.size();
  const auto [last, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || last != end) return std::nullopt;
  return number;
}

}  // namespace

class Spool::Implementation {
 public:
  Implementation(Config config, File lock) : config_(std::move(config)), lock_(std::move(lock)) {}

  Status load();
  Appended append(std::span<const Item> items);
  std::optional<Waiting> next(std::uint64_t after) const;
  Result<FlowBatch> read(std::uint64_t sequence);
  void done(std::uint64_t sequence);
  void set_unclear(std::uint64_t sequence, bool unclear);
  Status move_to(std::uint64_t sequence, std::uint32_t shard);
  Statistics statistics() const;

 private:
  struct Segment {
    std::shared_ptr<File> file;  // shared with whoever reads or writes it at the moment
    std::uint64_t bytes = 0;
    std::uint64_t waiting = 0;  // records
  };
  struct Entry {
    SpoolRecord record;
    std::uint64_t segment;
    bool unclear;
  };
  struct Located {
    std::shared_ptr<File> file;
    SpoolRecord record;
  };

  void add(std::uint64_t segment, const SpoolRecord& record, bool unclear);
  Result<Located> locate(std::uint64_t sequence) const;
  /// Forgets a record, and its segment's file when it was the last one. Under mutex_.
  void forget(std::map<std::uint64_t, Entry>::iterator entry);
  void remove_if_done(std::map<std::uint64_t, Segment>::iterator segment);
  /// The segment that is written to, a new one where there is none. Under append_mutex_.
  Status open_segment();
  /// Nothing is appended to it any more. Under append_mutex_.
  void close_segment();

  const Config config_;
  const File lock_;

  // One writer at a time, and index changes that need no disk never wait for it.
  std::mutex append_mutex_;
  std::shared_ptr<File> current_file_;
  std::uint64_t current_number_ = 0;
  std::uint64_t current_size_ = 0;

  mutable std::mutex mutex_;
  std::map<std::uint64_t, Segment> segments_;
  std::map<std::uint64_t, Entry> entries_;
  std::uint64_t next_segment_ = 1;
  std::uint64_t next_sequence_ = 1;
  bool writing_ = false;  // segment current_number_ is being written to
  Statistics statistics_;
};

Status Spool::Implementation::load() {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator at(config_.folder, error), end; !error && at != end;
       at.increment(error))
    if (const auto number = segment_number(at->path())) numbers.push_back(*number);
  if (error)
    return failure(ErrorCode::kIo, fmt::format("{}: {}", config_.folder.string(), error.message()));
  std::sort(numbers.begin(), numbers.end());

  for (const auto number : numbers) {
    const auto path = segment_path(config_.folder, number);
    auto file = std::make_shared<File>(TRY(File::open(path, O_RDWR)));
    const auto size = TRY(file->size());
    const auto read = [&](std::uint64_t offset, std::span<std::byte> into) {
      return file->read_at(offset, into);
    };
    // Only the last segment can hold what never reached the disk: the others were closed after
    // their last fsync. A last one without its header was being made, and holds nothing.
    const bool last = number == numbers.back();
    auto scan = scan_segment(read, size, last);
    if (!scan && last && scan.error().code == ErrorCode::kMalformed) scan = SpoolScan{.torn = 1};
    if (!scan) return tl::unexpected(in_context(path.string(), std::move(scan).error()));
    statistics_.torn += scan->torn;
    statistics_.damaged += scan->damaged;
    statistics_.damaged_flows += scan->damaged_rows;
    const auto segment = segments_.emplace(number, Segment{std::move(file), size, 0}).first;
    statistics_.bytes += size;
    for (const auto& record : scan->records)
      if (!record.done) add(number, record, true);
    remove_if_done(segment);
    next_segment_ = number + 1;
  }
  return {};
}

void Spool::Implementation::add(std::uint64_t segment, const SpoolRecord& record, bool unclear) {
  entries_.emplace(next_sequence_++, Entry{record, segment, unclear});
  ++segments_.at(segment).waiting;
  ++statistics_.records;
  statistics_.flows += record.rows;
}

Status Spool::Implementation::open_segment() {
  if (current_file_) return {};
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = next_segment_++;
  }
  const auto path = segment_path(config_.folder, number);
  auto file = std::make_shared<File>(TRY(File::open(path, O_RDWR | O_CREAT | O_EXCL)));
  const auto made = [&]() -> Status {
    TRY(file->write_at(0, spool_file_header()));
    TRY(file->sync());
    return sync_folder(config_.folder);
  }();
  if (!made) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return made;
  }
  current_file_ = file;
  current_size_ = kSpoolFileHeader;
  const std::lock_guard lock(mutex_);
  current_number_ = number;
  segments_.emplace(number, Segment{std::move(file), kSpoolFileHeader, 0});
  statistics_.bytes += kSpoolFileHeader;
  writing_ = true;
  return {};
}

void Spool::Implementation::close_segment() {
  current_file_.reset();
  const std::lock_guard lock(mutex_);
  writing_ = false;
  remove_if_done(segments_.find(current_number_));
}

Spool::Appended Spool::Implementation::append(std::span<const Item> items) {
  const std::lock_guard append_lock(append_mutex_);
  Appended result;
  std::vector<std::pair<SpoolRecord, bool>> written;
  std::uint64_t start = 0;
  for (const auto& item : items) {
    const auto frame = encode_frame(*item.flows);
    std::uint64_t unsynced = 0;
    for (const auto& [record, unclear] : written) unsynced += kSpoolRecordHeader + record.length;
    {
      const std::lock_guard lock(mutex_);
      const auto needed = kSpoolFileHeader + unsynced + kSpoolRecordHeader + frame.size();
      if (statistics_.bytes + needed > config_.most_bytes ||
          statistics_.records + written.size() >= config_.most_records) {
        result.status = failure(ErrorCode::kLimit,
                                fmt::format("{}: the spool has reached its limit of {} bytes",
                                            config_.folder.string(), config_.most_bytes));
        break;
      }
    }
    if (result.status = open_segment(); !result.status) break;
    if (written.empty()) start = current_size_;
    SpoolRecord record{.batch = item.batch,
                       .hour = item.hour,
                       .rows = static_cast<std::uint32_t>(item.flows->size()),
                       .shard = item.shard,
                       .offset = start + unsynced + kSpoolRecordHeader,
                       .length = static_cast<std::uint32_t>(frame.size()),
                       .checksum = spool_checksum(frame)};
    result.status =
        current_file_->write_at(record.offset - kSpoolRecordHeader, spool_record_header(record));
    if (result.status) result.status = current_file_->write_at(record.offset, frame);
    if (!result.status) break;
    written.emplace_back(record, item.unclear);
  }

  if (!written.empty())
    if (const auto synced = current_file_->sync(); !synced) {
      result.status = synced;
      written.clear();
    }
  if (!written.empty()) current_size_ = written.back().first.offset + written.back().first.length;
  if (!result.status && current_file_) {
    // What is behind the last good record must not come back as one. Where even that fails, or the
    // disk did not keep what it took, nothing more is written to this segment.
    const bool cut = current_file_->cut(current_size_).has_value();
    if (!cut || (written.empty() && result.status.error().code == ErrorCode::kIo)) close_segment();
  }
  {
    const std::lock_guard lock(mutex_);
    if (!result.status) ++statistics_.failed_appends;
    if (!written.empty()) {
      auto& segment = segments_.at(current_number_);
      statistics_.bytes += current_size_ - segment.bytes;
      segment.bytes = current_size_;
      for (const auto& [record, unclear] : written) add(current_number_, record, unclear);
    }
  }
  result.count = written.size();
  const auto longest = std::max(config_.segment_bytes, config_.most_bytes / 256);
  if (current_file_ && current_size_ >= longest) close_segment();
  return result;
}

std::optional<Spool::Waiting> Spool::Implementation::next(std::uint64_t after) const {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.upper_bound(after);
  if (entry == entries_.end()) return std::nullopt;
  const auto& record = entry->second.record;
  return Waiting{entry->first, record.batch, record.hour,
                 record.rows,  record.shard, entry->second.unclear};
}

Result<Spool::Implementation::Located> Spool::Implementation::locate(std::uint64_t sequence) const {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(sequence);
  if (entry == entries_.end())
    return failure(ErrorCode::kNotFound, "a batch that does not wait in the spool");
  return Located{segments_.at(entry->second.segment).file, entry->second.record};
}

Result<FlowBatch> Spool::Implementation::read(std::uint64_t sequence) {
  const auto [file, record] = TRY(locate(sequence));
  std::vector<std::byte> frame(record.length);
  const auto got = TRY(file->read_at(record.offset, frame));
  auto flows = got == frame.size() && spool_checksum(frame) == record.checksum
                   ? decode_frame(frame)
                   : failure(ErrorCode::kMalformed, "a spooled batch that the disk did not keep");
  if (flows && flows->size() != record.rows)
    flows = failure(ErrorCode::kMalformed, "a spooled batch of another size than its record says");
  if (!flows && flows.error().code != ErrorCode::kUnsupported) {
    flows.error().code = ErrorCode::kMalformed;
    const std::lock_guard lock(mutex_);
    if (const auto entry = entries_.find(sequence); entry != entries_.end()) {
      ++statistics_.damaged;
      statistics_.damaged_flows += record.rows;
      forget(entry);
    }
  }
  return flows;
}

void Spool::Implementation::done(std::uint64_t sequence) {
  bool emptied = false;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(sequence);
    if (entry == entries_.end()) return;
    const auto& record = entry->second.record;
    // A mark that is not written costs one question at the next start.
    (void)segments_.at(entry->second.segment)
        .file->write_at(record.offset - kSpoolStateBefore, spool_record_state(record.shard, true));
    forget(entry);
    emptied = entries_.empty();
  }
  // An empty spool takes no disk. Whoever is appending will come by here again.
  if (!emptied) return;
  const std::unique_lock append_lock(append_mutex_, std::try_to_lock);
  if (!append_lock) return;
  const auto nothing_waits = [&] {
    const std::lock_guard lock(mutex_);
    return entries_.empty();
  };
  if (current_file_ && nothing_waits()) close_segment();
}

Status Spool::Implementation::move_to(std::uint64_t sequence, std::uint32_t shard) {
  const auto [file, record] = TRY(locate(sequence));
  TRY(file->write_at(record.offset - kSpoolStateBefore, spool_record_state(shard, false)));
  TRY(file->sync());
  const std::lock_guard lock(mutex_);
  if (const auto entry = entries_.find(sequence); entry != entries_.end())
    entry->second.record.shard = shard;
  return {};
}

void Spool::Implementation::set_unclear(std::uint64_t sequence, bool unclear) {
  const std::lock_guard lock(mutex_);
  if (const auto entry = entries_.find(sequence); entry != entries_.end())
    entry->second.unclear = unclear;
}

void Spool::Implementation::forget(std::map<std::uint64_t, Entry>::iterator entry) {
  const auto segment = segments_.find(entry->second.segment);
  CHECK(segment != segments_.end() && segment->second.waiting > 0);
  --segment->second.waiting;
  --statistics_.records;
  statistics_.flows -= entry->second.record.rows;
  entries_.erase(entry);
  remove_if_done(segment);
}

void Spool::Implementation::remove_if_done(std::map<std::uint64_t, Segment>::iterator segment) {
  if (segment == segments_.end() || segment->second.waiting != 0) return;
  if (writing_ && segment->first == current_number_) return;
  std::error_code error;
  std::filesystem::remove(segment_path(config_.folder, segment->first), error);
  if (error) return;  // it stays and counts; the next start tries again
  statistics_.bytes -= segment->second.bytes;
  segments_.erase(segment);
}

Spool::Statistics Spool::Implementation::statistics() const {
  const std::lock_guard lock(mutex_);
  auto result = statistics_;
  result.most_bytes = config_.most_bytes;
  result.segments = segments_.size();
  return result;
}

Result<std::unique_ptr<Spool>> Spool::open(Config config) {
  std::error_code error;
  std::filesystem::create_directories(config.folder, error);
  if (error)
    return failure(ErrorCode::kPermission,
                   fmt::format("{}: {}", config.folder.string(), error.message()));
  auto lock = TRY(File::open(config.folder / "lock", O_RDWR | O_CREAT));
  TRY(lock.lock());
  auto implementation = std::make_unique<Implementation>(std::move(config), std::move(lock));
  TRY(implementation->load());
  return std::unique_ptr<Spool>(new Spool(std::move(implementation)));
}

Spool::Spool(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Spool::~Spool() = default;

Spool::Appended Spool::append(std::span<const Item> items) {
  return implementation_->append(items);
}
std::optional<Spool::Waiting> Spool::next(std::uint64_t after) const {
  return implementation_->next(after);
}
Result<FlowBatch> Spool::read(std::uint64_t sequence) { return implementation_->read(sequence); }
void Spool::done(std::uint64_t sequence) { implementation_->done(sequence); }
void Spool::set_unclear(std::uint64_t sequence, bool unclear) {
  implementation_->set_unclear(sequence, unclear);
}
Status Spool::move_to(std::uint64_t sequence, std::uint32_t shard) {
  return implementation_->move_to(sequence, shard);
}
Spool::Statistics Spool::statistics() const { return implementation_->statistics(); }

}  // namespace noroshi
