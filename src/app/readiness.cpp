#include "app/readiness.h"

#include <fmt/format.h>

namespace noroshi {

Result<std::string> Readiness::look(const CollectionState& collection,
                                    const HistoryWriter::Statistics* writer,
                                    std::span<const std::string> shards_missing, Moment moment) {
  if (!collection.collecting) {
    auto lines = to_lines(collection, Language::kEnglish);
    while (lines.ends_with('\n')) lines.pop_back();
    return failure(ErrorCode::kUnavailable, std::move(lines));
  }
  std::string text = "ready";
  if (collection.mode == Filing::Mode::kTrial) text += "\n" + words_of(*collection.mode).en;
  if (writer == nullptr) return text;
  // The spool keeps what the engine does not take, until it is full: then flows are lost.
  const std::lock_guard lock(mutex_);
  if (writer->lost != lost_) losing_until_ = moment + std::chrono::minutes(1);
  lost_ = writer->lost;
  if (moment < losing_until_)
    return failure(
        ErrorCode::kUnavailable,
        fmt::format("flows are lost, {} so far: neither history nor spool takes them: {}",
                    writer->lost, writer->last_error));
  for (const auto& why : shards_missing) text += "\nshard away: " + why;
  return text;
}

}  // namespace noroshi
