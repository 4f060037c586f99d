#pragma once

#include <span>

#include "judge/temporal/temporal_evidence.h"

namespace noroshi {

/// Do a server's clients call it by one clock, though none of them is seen often enough to show it?
///
/// What strongest_common_line finds in all their contacts, in the way of temporal_evidence: code
/// `common_line`, with `not_judged` "too_few_clients_for_a_line", "sampling_unknown" or
/// "exporter_timeout" where nothing can be said. `contacts` are those of one server. The exact
/// surrogates have a fixed seed, so that the same contacts always say the same.
[[nodiscard]] TemporalFinding common_line_evidence(std::span<const Contact* const> contacts,
                                                   const View& view);

}  // namespace noroshi
