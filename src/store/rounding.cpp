#include "store/rounding.h"

#include <cmath>
#include <cstdint>

namespace noroshi {
namespace {

std::uint64_t rounded(std::uint64_t number, std::uint64_t to) {
  const auto down = number / to * to;
  return number - down >= to - to / 2 && down <= UINT64_MAX - to ? down + to : down;
}
double rounded(double number, double to) { return std::round(number / to) * to; }

/// Counts to multiples, and times to whole minutes: the first and the last flow of a sum are single
/// flows.
void round(Tally& tally, std::uint32_t to) {
  constexpr std::uint64_t kMinute = 60'000;
  for (auto* number : {&tally.flows, &tally.packets, &tally.bytes, &tally.flows_of_unknown_sampling,
                       &tally.sampled_flows})
    *number = rounded(*number, to);
  for (auto* number : {&tally.estimated_packets, &tally.estimated_bytes})
    *number = rounded(*number, to);
  for (auto* number : {&tally.packets_variance, &tally.bytes_variance})
    *number = rounded(*number, static_cast<double>(to) * to);
  for (auto* time : {&tally.first, &tally.last}) *time = *time / kMinute * kMinute;
}

}  // namespace

void round(Answer& answer, const GrantTerms& terms) {
  if (!terms.rounds()) return;
  round(answer.total, terms.round_to);
  for (auto& row : answer.rows) round(row.tally, terms.round_to);
}

}  // namespace noroshi
