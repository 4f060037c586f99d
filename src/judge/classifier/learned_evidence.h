#pragma once

#include <span>
#include <utility>

#include "judge/classifier/server_model.h"
#include "model/verdict.h"

namespace noroshi {

/// Adds what the model says to each verdict, as evidence of code `learned_model`, with the features
/// that speak most for it where it finds the server suspect. `features` are parallel to `verdicts`.
/// A model that cannot be asked adds nothing.
void add_learned_evidence(const ServerModel& model,
                          std::span<const std::pair<Endpoint, ServerFeatures>> features,
                          std::span<Verdict> verdicts);

}  // namespace noroshi
