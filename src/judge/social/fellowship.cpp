#include "judge/social/fellowship.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace noroshi {
namespace {

std::optional<Evidence> evidence_of(const Overlap& overlap, EvidenceGroup group,
                                    std::string_view code, double most) {
  if (overlap.both < kLeastFellows) return std::nullopt;
  const auto found = enrichment_of(overlap);
  if (found.log_likelihood_ratio <= 0 || found.log_chance > std::log(kMostChanceOfFellowship))
    return std::nullopt;
  return Evidence{.group = group,
                  .code = code,
                  .statistic = found.lift,
                  .log_likelihood_ratio = std::min(found.log_likelihood_ratio, most),
                  .arguments = {{"marked", fmt::format("{}", overlap.both)},
                                {"clients", fmt::format("{}", overlap.clients)},
                                {"all", fmt::format("{}", overlap.marked)},
                                {"hosts", fmt::format("{}", overlap.hosts)},
                                {"lift", fmt::format("{:.0f}", found.lift)}}};
}

}  // namespace

std::optional<Evidence> clients_of_suspects(const Overlap& overlap) {
  return evidence_of(overlap, EvidenceGroup::kSocial, "clients_of_suspects", kMostOfFellowship);
}

std::optional<Evidence> sighted_clients(const Overlap& overlap) {
  return evidence_of(overlap, EvidenceGroup::kSighting, "sighted_clients", HUGE_VAL);
}

}  // namespace noroshi
