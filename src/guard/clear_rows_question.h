#pragma once

#include <vector>

#include "net/prefix.h"

namespace noroshi {

/// How many stored rows, of which hours, hold addresses of these ranges as they are: from before
/// there were pseudonyms, or under other ranges.
struct ClearRowsQuestion {
  std::vector<Prefix> ranges;
};

}  // namespace noroshi
