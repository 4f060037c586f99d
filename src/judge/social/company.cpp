#include "judge/social/company.h"

#include <fmt/format.h>

#include <cmath>

namespace noroshi {
namespace {

constexpr double kAttackingBotnets = 0.5;
constexpr double kAttackingBots = 0.5;

}  // namespace

std::optional<Evidence> company_evidence(const Company& company) {
  if (company.attacking_clients == 0) return std::nullopt;
  const auto attackers = static_cast<double>(company.attacking_clients);
  const auto others = static_cast<double>(company.clients - company.attacking_clients);
  // Laplace's rule of succession: a share that no count of hosts makes zero or one.
  const double share =
      (static_cast<double>(company.attacking_hosts) + 1) / (static_cast<double>(company.hosts) + 2);
  const double attacking_botnet = attackers * std::log(kAttackingBots / share) +
                                  others * std::log((1 - kAttackingBots) / (1 - share));
  const double ratio =
      attacking_botnet > 30
          ? attacking_botnet + std::log(kAttackingBotnets)
          : std::log(1 - kAttackingBotnets + kAttackingBotnets * std::exp(attacking_botnet));
  return Evidence{.group = EvidenceGroup::kSocial,
                  .code = "company_of_attackers",
                  .statistic = attackers / static_cast<double>(company.clients),
                  .log_likelihood_ratio = ratio,
                  .arguments = {{"attackers", fmt::format("{}", company.attacking_clients)},
                                {"clients", fmt::format("{}", company.clients)},
                                {"all", fmt::format("{}", company.attacking_hosts)},
                                {"hosts", fmt::format("{}", company.hosts)}}};
}

}  // namespace noroshi
