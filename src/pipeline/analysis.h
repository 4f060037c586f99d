#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/judge.h"
#include "model/contact.h"
#include "pipeline/local_side.h"
#include "record/recording.h"

namespace noroshi {

/// What to analyse, and how.
struct AnalysisOptions {
  std::vector<std::string> files;  ///< "-" is standard input; all together are one data set
  std::vector<Prefix> local;       ///< inside; empty: inferred
  std::uint32_t default_sampling_rate = 0;  ///< where a recording states none; 0 = unknown
  /// Called now and then with the bytes read of the file in hand and its size (0 = not known).
  std::function<void(const std::string& file, std::uint64_t read, std::uint64_t size)> progress;
};

/// A file that could not be read, or not to its end.
struct FileTrouble {
  std::string message;      ///< begins with the path
  bool unreadable = false;  ///< nothing of the file was used
};

struct Analysis {
  ContactSummary summary;
  LocalSide local;
  Judgement judgement;
  std::vector<FileTrouble> troubles;
  std::uint64_t files_read = 0;
};

/// Recordings → batches → contacts → verdicts. Files that cannot be read are reported in `troubles`
/// and the others go on. Memory is bounded by the summariser's limits, however long the recordings.
[[nodiscard]] Analysis analyse(const AnalysisOptions& options);

/// The last two steps alone: from contacts to verdicts, with what is known of the addresses.
[[nodiscard]] Judgement judge_contacts(const ContactSummary& summary, const LocalSide& local);

}  // namespace noroshi
