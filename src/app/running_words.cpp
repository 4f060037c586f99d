#include "app/running_words.h"

#include <utility>

#include "app/vocabulary.h"

namespace noroshi {

void RunningWords::configure(FilterVocabulary vocabulary, std::vector<WarningFiles::File> files) {
  const std::lock_guard lock(mutex_);
  configured_ = std::move(vocabulary);
  files_.configure(std::move(files));
}

bool RunningWords::refresh(const std::function<void(const Error&)>& failed) {
  const std::lock_guard lock(mutex_);
  return files_.refresh(failed);
}

FilterVocabulary RunningWords::words() const {
  const std::lock_guard lock(mutex_);
  return with_warning_lists(configured_, *files_.current());
}

std::shared_ptr<const WarningLists> RunningWords::warning_lists() const {
  const std::lock_guard lock(mutex_);
  return files_.current();
}

WarningFiles::Statistics RunningWords::statistics() const {
  const std::lock_guard lock(mutex_);
  return files_.statistics();
}

}  // namespace noroshi
