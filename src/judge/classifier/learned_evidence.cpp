#include "judge/classifier/learned_evidence.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "base/check.h"
#include "judge/classifier/feature_words.h"
#include "judge/fuse/fusion.h"

namespace noroshi {
namespace {

/// Below, nobody asks why: contributions cost a walk through every tree for every feature.
constexpr double kWorthReasons = 1;
constexpr std::size_t kMostReasons = 4;

std::string odds_in_words(double log_ratio) {
  const double odds = std::exp(log_ratio);
  return odds >= 10 ? fmt::format("{:.0f}", odds) : fmt::format("{:.2g}", odds);
}

}  // namespace

void add_learned_evidence(const ServerModel& model,
                          std::span<const std::pair<Endpoint, ServerFeatures>> features,
                          std::span<Verdict> verdicts) {
  CHECK(features.size() == verdicts.size());
  std::vector<ServerFeatures> rows;
  rows.reserve(features.size());
  for (const auto& [server, row] : features) rows.push_back(row);
  const auto ratios = model.log_ratios(rows);
  if (!ratios) return;
  std::vector<ServerFeatures> suspects;
  for (std::size_t index = 0; index < rows.size(); ++index)
    if ((*ratios)[index] >= kWorthReasons) suspects.push_back(rows[index]);
  const auto contributions = model.booster().contributions(suspects);
  std::size_t suspect = 0;
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const double ratio = (*ratios)[index];
    Bilingual reasons{"特になし", "nothing of note"};
    if (ratio >= kWorthReasons && contributions)
      reasons =
          reasons_in_words(reasons_of(rows[index], (*contributions)[suspect++], kMostReasons));
    verdicts[index].evidence.push_back({EvidenceGroup::kBehaviour,
                                        kLearnedCode,
                                        ratio,
                                        ratio,
                                        {{"model", model.description().name},
                                         {"odds", odds_in_words(ratio)},
                                         {"reasons_ja", reasons.ja},
                                         {"reasons_en", reasons.en}}});
  }
}

}  // namespace noroshi
