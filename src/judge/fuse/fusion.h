#pragma once

#include <array>
#include <span>
#include <string_view>

#include "model/evidence.h"
#include "model/verdict.h"

namespace noroshi {

/// Before anything is seen: one in a thousand of the endpoints that a watched host calls is a C&C
/// server. (At provider scale it is far fewer: reference §3 "Base rate".)
inline constexpr double kPriorProbability = 0.001;

/// The most that the evidence of one group may add: what its detectors have in common (one client,
/// one capture) is not counted twice. Evidence against is not capped.
[[nodiscard]] double cap_of(EvidenceGroup group);

struct Fusion {
  double probability = 0;
  Tier tier = Tier::kC;
};

/// Code of what a learning judge says. Where it speaks, it stands for the temporal, social,
/// behaviour and infrastructure evidence, which it has learnt from: that still says which groups
/// speak, and why, but is not added a second time.
inline constexpr std::string_view kLearnedCode = "learned_model";

/// Weighted log-odds: logit(prior) + Σ over groups of min(cap, Σ llr > 0) + Σ llr < 0, through the
/// logistic. Tier A: P ≥ 0.95 and two groups of at least kGroupSpeaks, one of them social,
/// intelligence or verification. B: P ≥ 0.7. C: the rest (DESIGN "Fusion").
[[nodiscard]] Fusion fuse(std::span<const Evidence> evidence);

inline constexpr double kTierA = 0.95;
inline constexpr double kTierB = 0.7;
inline constexpr double kGroupSpeaks = 1.0;

/// The numbers of a fusion; these defaults are those of fuse() without a rule.
struct FusionRule {
  double prior = kPriorProbability;
  double tier_a = kTierA;
  double tier_b = kTierB;
  double group_speaks = kGroupSpeaks;
  std::array<double, kEvidenceGroups> caps;  ///< by group

  FusionRule();
  friend bool operator==(const FusionRule&, const FusionRule&) = default;
};
[[nodiscard]] Fusion fuse(std::span<const Evidence> evidence, const FusionRule& rule);

}  // namespace noroshi
