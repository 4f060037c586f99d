#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "filter/parse.h"
#include "question/flow_answers.h"

namespace noroshi {

/// Who asks, by Unix account, and for what.
struct Asker {
  std::string account;
  std::string purpose;  ///< empty: the default purpose of the role
  std::string case_id;  ///< empty: none
};

/// The questions a person may put, whoever asks and however: command line and API use this and only
/// this. One implementation answers from the store itself, one asks a running daemon; the answers
/// are the same.
class Desk {
 public:
  virtual ~Desk() = default;

  /// The local words of the filter language, for parse_filter.
  [[nodiscard]] virtual Result<FilterVocabulary> vocabulary() = 0;
  /// Questions about stored flows. The desk outlives what it returns. A daemon that is asked over
  /// its socket knows the account from there.
  [[nodiscard]] virtual Result<std::unique_ptr<FlowAnswers>> flows(const Asker& asker) = 0;
  /// Exporters, listening sockets, and hints what to do, as the JSON of
  /// docs/reference/collecting.md. kUnavailable when nothing is collecting.
  [[nodiscard]] virtual Result<std::string> exporters() = 0;
  /// The interfaces that have a name, with their exporters, as the JSON of
  /// docs/reference/collecting.md.
  [[nodiscard]] virtual Result<std::string> interfaces() = 0;
  /// What the daemon is doing: collection, history, retention, as JSON. kUnavailable without one.
  [[nodiscard]] virtual Result<std::string> status() = 0;
};

}  // namespace noroshi
