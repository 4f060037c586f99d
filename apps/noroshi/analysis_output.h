#pragma once

#include <cstddef>
#include <string>

#include "pipeline/analysis.h"

namespace noroshi {

/// The answer as one JSON document (README "analyze"), best server first, every candidate in it.
[[nodiscard]] std::string analysis_as_json(const Analysis& analysis);

/// The answer for a terminal: the `top` servers, then the infected hosts.
[[nodiscard]] std::string analysis_as_table(const Analysis& analysis, std::size_t top);

}  // namespace noroshi
