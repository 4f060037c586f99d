#include "judge/fuse/recipe.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "judge/fuse/settle.h"
#include "judge/scan/attacks.h"
#include "judge/social/fellowship.h"
#include "judge/temporal/clock_strength.h"
#include "judge/temporal/server_spectrum.h"
#include "judge/temporal/spectrum.h"

namespace noroshi {
namespace {

using enum EvidenceGroup;

constexpr std::array kCodes = std::to_array<EvidenceCode>({
    {"regular_intervals", kTemporal},
    {"spectral_line", kTemporal},
    {"common_line", kTemporal},
    {"company_of_attackers", kSocial},
    {"clients_of_suspects", kSocial},
    {"popular", kSocial},
    {"unanswered_calls", kBehaviour},
    {"failed_and_retried", kBehaviour},
    {"small_regular_exchanges", kBehaviour},
    {"long_quiet_connection", kBehaviour},
    {"unregistered_port", kBehaviour},
    {"favoured_port", kBehaviour},
    {"speaks_more_than_it_hears", kBehaviour},
    {"client_attacks", kBehaviour},
    {"bulk_transfer", kBehaviour},
    {"flood_victim", kBehaviour},
    {"scan_target", kBehaviour},
    {"peer_to_peer", kBehaviour},
    {kLearnedCode, kBehaviour},
    {"sighted_clients", kSighting},
    {"listed", kIntelligence},
    {"known_service_hard", kInfrastructure},
    {"known_service_soft", kInfrastructure},
    {"inside", kInfrastructure},
    {"same_address", kInfrastructure},
});

constexpr std::array kThresholds = std::to_array<DetectorThreshold>({
    {"scan_least_failures", static_cast<double>(kLeastFailures)},
    {"spectrum_least_events", static_cast<double>(kLeastSpectralEvents)},
    {"timing_most", kMostOfTiming},
    {"common_line_least_clients", static_cast<double>(kLeastClientsOfALine)},
    {"fellowship_least_fellows", static_cast<double>(kLeastFellows)},
    {"fellowship_most_chance", kMostChanceOfFellowship},
    {"fellowship_most", kMostOfFellowship},
});

}  // namespace

std::span<const EvidenceCode> evidence_codes() { return kCodes; }
std::span<const DetectorThreshold> detector_thresholds() { return kThresholds; }

Recipe Recipe::built_in() {
  Recipe recipe;
  for (const auto& code : kCodes) recipe.weights.push_back({.code = std::string(code.code)});
  return recipe;
}

void judge_by(const Recipe& recipe, Verdict& verdict) {
  auto& evidence = verdict.evidence;
  std::ranges::move(verdict.counter_evidence, std::back_inserter(evidence));
  verdict.counter_evidence.clear();
  for (auto& one : evidence) {
    const auto weight = std::ranges::find(recipe.weights, one.code, &Recipe::Weight::code);
    auto& ratio = one.log_likelihood_ratio;
    ratio = weight == recipe.weights.end()
                ? 0
                : std::clamp(ratio * weight->scale, -weight->most, weight->most);
  }
  std::erase_if(evidence, [](const Evidence& one) { return one.log_likelihood_ratio == 0; });
  settle(verdict, recipe.rule);
}

}  // namespace noroshi
