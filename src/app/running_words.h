#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "enrich/warning_lists.h"
#include "filter/parse.h"

namespace noroshi {

/// The local words of the filter language while a daemon runs: those of the configuration, and
/// those of warning lists, which are read again when their files change. Thread-safe: whoever asks
/// waits for as long as a changed list is read, flows do not.
class RunningWords {
 public:
  /// `vocabulary` is that of the configuration alone.
  void configure(FilterVocabulary vocabulary, std::vector<WarningFiles::File> files);
  /// Reads the lists that changed; `failed` is told what is wrong with one, whose last state stays.
  /// True where words() are others now.
  bool refresh(const std::function<void(const Error&)>& failed);

  [[nodiscard]] FilterVocabulary words() const;
  [[nodiscard]] std::shared_ptr<const WarningLists> warning_lists() const;
  [[nodiscard]] WarningFiles::Statistics statistics() const;

 private:
  mutable std::mutex mutex_;
  FilterVocabulary configured_;
  WarningFiles files_{{}};
};

}  // namespace noroshi
