#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/judge.h"
#include "model/contact.h"
#include "pipeline/knowledge.h"
#include "pipeline/local_side.h"
#include "record/recording.h"

namespace noroshi {

/// What to analyse, and how.
struct AnalysisOptions {
  std::vector<std::string> files;  ///< "-" is standard input; all together are one data set
  std::vector<Prefix> local;       ///< inside; empty: inferred
  std::uint32_t default_sampling_rate = 0;  ///< where a recording states none; 0 = unknown
  Knowledge knowledge{};
  /// Called after each read of a file, and once more when it has been read to its end: progress,
  /// and what its statistics say of damage. May be empty.
  std::function<void(const std::string& file, const Recording& recording)> on_read;
  std::function<void(const std::string& file, const Recording& recording)> on_end;
};

struct Analysis {
  ContactSummary summary;
  LocalSide local;
  Judgement judgement;
  std::uint64_t files_read = 0;  ///< of which at least the beginning could be read
  /// One clear line for each file that could not be opened, or not be read to its end.
  std::vector<Error> failures;
};

/// Recordings → batches → contacts → verdicts. Files that cannot be read are named in `failures`
/// and the others go on. Memory is bounded by the summariser's limits, however long the recordings.
[[nodiscard]] Analysis analyse(const AnalysisOptions& options);

/// The last two steps alone: from contacts to verdicts, with what is known of the addresses, and
/// where asked for with every server's features.
[[nodiscard]] Judgement judge_contacts(const ContactSummary& summary, const LocalSide& local,
                                       const Knowledge& knowledge = {}, bool with_features = false);

}  // namespace noroshi
