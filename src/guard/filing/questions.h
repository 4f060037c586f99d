#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bilingual.h"
#include "base/result.h"
#include "guard/filing/filing.h"

namespace noroshi {

/// One thing that a filing states, as it is asked of a person.
struct FilingQuestion {
  std::string_view key;  ///< in filing.toml; "stop_when.unused_days"
  Bilingual question;
  Bilingual why;         ///< it is asked
  Bilingual example;     ///< of an answer
  bool several = false;  ///< the answer is a list, one text a line
  bool optional = false;

  /// Puts an answer into the filing: the whole list, one a line, where there are several. An empty
  /// answer empties it. kInvalidArgument when it cannot be one.
  Status (*put)(Filing& filing, const std::string& answer) = nullptr;
  /// The answer that the filing holds, as put() takes it.
  std::string (*get)(const Filing& filing) = nullptr;
};

/// In the order they are asked.
[[nodiscard]] std::span<const FilingQuestion> filing_questions();

}  // namespace noroshi
