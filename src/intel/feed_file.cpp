#include "intel/feed_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <chrono>
#include <span>
#include <string>
#include <utility>

#include "base/file.h"

// Door (in): lists of indicators, from feeds. Guard: published data; sizes are bounded, every line
// is checked, nothing of a subscriber is among them.

namespace noroshi {
namespace {

std::uint64_t written_last(const std::filesystem::path& path) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path, error);
  if (error) return 0;
  const auto system = std::chrono::file_clock::to_sys(time);
  const auto since =
      std::chrono::duration_cast<std::chrono::milliseconds>(system.time_since_epoch());
  return since.count() < 0 ? 0 : static_cast<std::uint64_t>(since.count());
}

}  // namespace

Result<FeedFileReading> read_feed_file(const FeedFile& file) {
  const auto opened = TRY(File::open(file.path, O_RDONLY | O_CLOEXEC));
  const auto size = TRY(opened.size());
  if (size > kMostFeedOctets)
    return failure(ErrorCode::kLimit,
                   fmt::format("{}: {} MiB; {} are read at most", file.path.string(), size >> 20,
                               kMostFeedOctets >> 20));
  std::string text(size, '\0');
  const auto read = TRY(opened.read_at(0, std::as_writable_bytes(std::span(text))));
  text.resize(read);
  auto reading = read_feed(text, file.format, file.family);
  if (!reading) return tl::unexpected(in_context(file.path.string(), reading.error()));
  auto feed = std::make_shared<KnownFeed>();
  feed->name = file.name;
  feed->half_life_days = file.half_life_days;
  feed->read = written_last(file.path);
  feed->indicators = std::move(reading->indicators);
  return FeedFileReading{std::move(feed), reading->lines, reading->passed_over, reading->malformed};
}

}  // namespace noroshi
