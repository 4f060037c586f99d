#include "judge/fuse/settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <vector>

#include "judge/fuse/fusion.h"

namespace noroshi {

void share_between_ports(std::span<Verdict> verdicts) {
  std::map<IpAddress, std::vector<std::size_t>> by_address;
  for (std::size_t index = 0; index < verdicts.size(); ++index)
    by_address[verdicts[index].server.address].push_back(index);
  for (const auto& [address, indices] : by_address) {
    if (indices.size() < 2) continue;
    const auto strongest = *std::ranges::max_element(
        indices, {}, [&](std::size_t index) { return verdicts[index].probability; });
    const auto& top = verdicts[strongest];
    const auto odds = [](double probability) {
      return std::log(probability) - std::log1p(-probability);
    };
    // Below one in five the neighbour itself is not suspected: nothing to share.
    if (top.probability < 0.2) continue;
    for (const auto index : indices) {
      auto& verdict = verdicts[index];
      const double gap = odds(top.probability) - odds(verdict.probability);
      if (index == strongest || gap <= 0 || verdict.connections == 0) continue;
      verdict.evidence.push_back({EvidenceGroup::kInfrastructure,
                                  "same_address",
                                  top.probability,
                                  std::min(gap, cap_of(EvidenceGroup::kInfrastructure)),
                                  {{"port", fmt::format("{}", top.server.port.value)}}});
    }
  }
}

void settle(Verdict& verdict, const FusionRule& rule) {
  std::ranges::move(verdict.counter_evidence, std::back_inserter(verdict.evidence));
  verdict.counter_evidence.clear();
  verdict.would_change.clear();
  const auto fusion = fuse(verdict.evidence, rule);
  verdict.probability = fusion.probability;
  verdict.tier = fusion.tier;
  // clang 14 cannot see the subrange that std::ranges::stable_partition returns.
  const auto middle =
      std::stable_partition(verdict.evidence.begin(), verdict.evidence.end(),
                            [](const Evidence& one) { return one.log_likelihood_ratio > 0; });
  verdict.counter_evidence.assign(std::make_move_iterator(middle),
                                  std::make_move_iterator(verdict.evidence.end()));
  verdict.evidence.erase(middle, verdict.evidence.end());
  std::ranges::stable_sort(verdict.evidence, std::ranges::greater{},
                           &Evidence::log_likelihood_ratio);
  std::ranges::stable_sort(verdict.counter_evidence, {}, &Evidence::log_likelihood_ratio);
  if (verdict.tier != Tier::kA) {
    verdict.would_change = {"would_indicator", "would_second_network"};
    if (std::ranges::find(verdict.not_judged, "too_few_events") != verdict.not_judged.end())
      verdict.would_change.push_back("would_longer");
  }
  if (verdict.tier != Tier::kC) verdict.would_change.push_back("would_service");
}

}  // namespace noroshi
