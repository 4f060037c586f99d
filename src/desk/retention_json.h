#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "guard/policy/policy.h"
#include "guard/retention/deletion.h"
#include "guard/retention/holds.h"
#include "pipeline/upkeep.h"

namespace noroshi {

/// What will go of what is stored and when, what open cases keep, and what nobody may read any
/// more: the JSON of docs/reference/retention.md.
[[nodiscard]] std::string retention_plan_to_json(const RetentionState& state, const HeldData& held,
                                                 const Policy& policy, Timestamp now);

/// The deletions that the audit tells of; `left_out` older ones are not among them.
[[nodiscard]] std::string deletions_to_json(const std::vector<RecordedDeletion>& deletions,
                                            std::uint64_t left_out);

}  // namespace noroshi
