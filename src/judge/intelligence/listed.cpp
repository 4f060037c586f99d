#include "judge/intelligence/listed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "judge/fuse/fusion.h"

namespace noroshi {
namespace {

constexpr double kAnotherPort = 0.5;
/// Nobody's word is certain, whatever was measured so far.
constexpr double kMostCertain = 0.999;

double logit(double probability) { return std::log(probability / (1 - probability)); }

}  // namespace

std::optional<Evidence> listed_evidence(std::span<const SourceWord> words) {
  double none = 1;
  std::string sources;
  for (const auto& word : words) {
    none *= 1 - std::clamp(word.worth, 0.0, kMostCertain) * (word.same_port ? 1 : kAnotherPort);
    sources += (sources.empty() ? "" : ", ") + word.source;
  }
  const double probability = std::min(1 - none, kMostCertain);
  if (probability <= kPriorProbability) return std::nullopt;
  return Evidence{
      .group = EvidenceGroup::kIntelligence,
      .code = "listed",
      .statistic = probability,
      .log_likelihood_ratio = logit(probability) - logit(kPriorProbability),
      .arguments = {{"sources", sources}, {"worth", fmt::format("{:.0f}", probability * 100)}}};
}

}  // namespace noroshi
