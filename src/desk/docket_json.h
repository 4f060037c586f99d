#pragma once

#include <string>
#include <vector>

#include "docket/docket.h"
#include "model/verdict.h"
#include "pipeline/judged_window.h"

namespace noroshi {

// What the docket says, as the JSON of docs/reference/c2.md. Sentences stand in both languages; of
// evidence that another version of the program left, its code alone.

/// What came of a judgement, and of taking it into the docket.
[[nodiscard]] std::string to_json(const JudgedWindow& window, const Docket::Outcome& outcome,
                                  const std::string& recipe);
/// What a judgement had to leave out, for whoever asks later.
[[nodiscard]] std::string summary_to_json(const JudgedWindow& window);
[[nodiscard]] std::string to_json(const Docket::List& list,
                                  const std::vector<Docket::Window>& windows);
[[nodiscard]] std::string to_json(const Docket::Life& life,
                                  const std::vector<Docket::Window>& windows);
[[nodiscard]] std::string to_json_line(const DocketEntry& entry);

/// Hosts that are thought infected, at most `most` of them, with all their findings.
[[nodiscard]] std::string infected_to_json(const JudgedWindow& window, std::size_t most);

}  // namespace noroshi
