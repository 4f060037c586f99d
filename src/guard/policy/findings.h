#pragma once

#include <cstdint>
#include <vector>

#include "base/bilingual.h"
#include "base/time.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// How long tables are kept, in days, as the configuration says.
struct DaysKept {
  std::uint32_t flows = 0;
  std::uint32_t contacts = 0;
  std::uint32_t rollups = 0;  ///< those that are kept longest
};

/// What is worth a second look in a policy that contradicts itself nowhere: a purpose that nobody
/// can use, a reveal that nobody could approve, a clearance that has ended, more than tables keep.
[[nodiscard]] std::vector<Bilingual> findings(const Policy& policy, const DaysKept& kept,
                                              Timestamp now);

}  // namespace noroshi
