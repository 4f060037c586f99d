#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "intel/feed.h"
#include "intel/indicator_index.h"

namespace noroshi {

/// A source's list in a file.
struct FeedFile {
  std::string name;
  std::filesystem::path path;
  FeedFormat format = FeedFormat::kAddresses;
  std::string family{};  ///< of rows that name none
  double half_life_days = 14;
};

/// The list, and what became of its lines. It was read when the file was written last: that is how
/// old the word of a source is that states no times. Errors name the file.
struct FeedFileReading {
  std::shared_ptr<const KnownFeed> feed;
  std::uint64_t lines = 0;
  std::uint64_t passed_over = 0;
  std::uint64_t malformed = 0;
};
[[nodiscard]] Result<FeedFileReading> read_feed_file(const FeedFile& file);

}  // namespace noroshi
