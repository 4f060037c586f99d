#pragma once

#include <string>

#include "base/result.h"
#include "simulate/network.h"
#include "whole_file.h"

namespace noroshi {

/// Writes the truth of a scenario as JSON Lines (docs/reference/truth.md), record by record.
[[nodiscard]] Status write_truth_lines(const simulate::Network& network, WholeFile& file);

}  // namespace noroshi
