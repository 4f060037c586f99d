#pragma once

#include <cstddef>
#include <string>

#include "guard/policy/policy.h"
#include "pipeline/analysis.h"

namespace noroshi {

/// What the recordings were read for.
struct StatedPurpose {
  Purpose purpose;
  std::string case_id;  ///< empty: none
};

/// The answer as one JSON document (README "analyze"), best server first, every candidate in it.
[[nodiscard]] std::string analysis_as_json(const Analysis& analysis, const StatedPurpose& stated);

/// The answer for a terminal: the `top` servers, then the infected hosts.
[[nodiscard]] std::string analysis_as_table(const Analysis& analysis, const StatedPurpose& stated,
                                            std::size_t top);

}  // namespace noroshi
