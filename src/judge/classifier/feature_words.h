#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/bilingual.h"
#include "judge/classifier/booster.h"

namespace noroshi {

/// What a feature is called for people: "share of attackers among its clients".
[[nodiscard]] Bilingual words_of(ServerFeature feature);
/// Its value as people read it, "12 clients" for a logarithm of a count; "not judged" for NaN.
[[nodiscard]] Bilingual value_in_words(ServerFeature feature, float value);

/// The features that add most to a margin, in either direction, the largest first; at most `most`,
/// none that adds less than a twentieth.
struct Reason {
  ServerFeature feature{};
  float value = 0;
  float contribution = 0;  ///< to the log-odds
};
[[nodiscard]] std::vector<Reason> reasons_of(const ServerFeatures& features,
                                             const Booster::Contributions& contributions,
                                             std::size_t most);
/// "share of attackers among its clients 0.4; clients 12": those that speak for it, most first.
[[nodiscard]] Bilingual reasons_in_words(const std::vector<Reason>& reasons);

}  // namespace noroshi
