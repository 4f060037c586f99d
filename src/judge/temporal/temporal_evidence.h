#pragma once

#include <string_view>
#include <vector>

#include "judge/case.h"

namespace noroshi {

/// What the times of a contact say. "Nothing could be said" is a value of its own and no zero.
struct TemporalFinding {
  std::vector<Evidence> evidence{};  ///< at most one
  /// Why there is none: "too_few_events", "sampling_unknown", "sampling_too_coarse",
  /// "exporter_timeout"; empty when the times were judged.
  std::string_view not_judged{};
};

/// Are the client's calls timed by a machine? By the method that the number of events and the
/// sampling allow (reference §1.7): interval statistics up to 1:10, spectrum up to 1:100, else
/// nothing. The stronger of the two counts; they look at the same times.
///
/// Where the events are mostly pieces of connections that an exporter cut: pieces in which more
/// than one thing was said, and a period at an active timeout or a small multiple of it, count for
/// nothing; of pauses that spread, only what is longer than the shortest is looked at. Known false
/// positives: whatever polls (telemetry, updates, push, monitoring); which is why timing alone is
/// capped far below tier B.
[[nodiscard]] TemporalFinding temporal_evidence(const Contact& contact, const View& view);

}  // namespace noroshi
