#include "judge/fuse/fusion.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace noroshi {
namespace {

double logit(double probability) { return std::log(probability / (1 - probability)); }

/// Groups whose evidence is among the features of a learning judge, or is made from the same flows.
bool is_learnt(EvidenceGroup group) {
  return group == EvidenceGroup::kTemporal || group == EvidenceGroup::kSocial ||
         group == EvidenceGroup::kBehaviour || group == EvidenceGroup::kInfrastructure;
}

}  // namespace

double cap_of(EvidenceGroup group) {
  switch (group) {
    case EvidenceGroup::kTemporal:
      return 3.0;
    case EvidenceGroup::kBehaviour:
      return 8.0;
    case EvidenceGroup::kInfrastructure:
      return 3.0;
    case EvidenceGroup::kSocial:
    case EvidenceGroup::kSighting:
    case EvidenceGroup::kIntelligence:
    case EvidenceGroup::kVerification:
      return 6.0;
  }
  return 0;
}

FusionRule::FusionRule() {
  for (std::size_t index = 0; index < caps.size(); ++index)
    caps[index] = cap_of(static_cast<EvidenceGroup>(index));
}

Fusion fuse(std::span<const Evidence> evidence) { return fuse(evidence, FusionRule()); }

Fusion fuse(std::span<const Evidence> evidence, const FusionRule& rule) {
  std::array<double, kEvidenceGroups> positive{};
  const auto learned = std::ranges::find(evidence, kLearnedCode, &Evidence::code);
  const bool has_learned = learned != evidence.end();
  double against = has_learned ? learned->log_likelihood_ratio : 0;
  for (const auto& one : evidence) {
    if (one.code == kLearnedCode) continue;
    if (one.log_likelihood_ratio > 0)
      positive[static_cast<std::size_t>(one.group)] += one.log_likelihood_ratio;
    else if (!has_learned || !is_learnt(one.group))
      against += one.log_likelihood_ratio;
  }
  double sum = logit(rule.prior) + against;
  int groups = 0;
  bool independent = false;
  for (std::size_t index = 0; index < kEvidenceGroups; ++index) {
    const auto group = static_cast<EvidenceGroup>(index);
    if (!has_learned || !is_learnt(group)) sum += std::min(positive[index], rule.caps[index]);
    if (positive[index] < rule.group_speaks) continue;
    ++groups;
    independent |= group == EvidenceGroup::kSocial || group == EvidenceGroup::kIntelligence ||
                   group == EvidenceGroup::kVerification;
  }
  Fusion fusion{.probability = 1 / (1 + std::exp(-sum))};
  if (fusion.probability >= rule.tier_a && groups >= 2 && independent)
    fusion.tier = Tier::kA;
  else if (fusion.probability >= rule.tier_b)
    fusion.tier = Tier::kB;
  return fusion;
}

}  // namespace noroshi
