#include "judge/temporal/common_line_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "judge/temporal/clock_strength.h"
#include "judge/temporal/server_spectrum.h"

namespace noroshi {
namespace {

/// One in a hundred of the surrogates as strong, and the line is a habit and no clock.
constexpr double kMostSurrogates = 0.01;
constexpr std::uint64_t kSeed = 1;

}  // namespace

TemporalFinding common_line_evidence(std::span<const Contact* const> contacts, const View& view) {
  std::vector<std::vector<std::uint64_t>> clients;
  std::size_t events = 0, continued = 0;
  for (const auto* contact : contacts) {
    if (view.sampling_of(*contact) == View::kUnknown) return {{}, "sampling_unknown"};
    auto& times = clients.emplace_back(contact->reservoir);
    for (const auto& event : contact->events) {
      times.push_back(event.time);
      continued += event.continued ? 1 : 0;
    }
    std::ranges::sort(times);
    events += contact->events.size();
  }
  const auto line = strongest_common_line(clients, kSeed);
  if (!line.valid) return {{}, "too_few_clients_for_a_line"};
  const double strength = strength_of_line(line.false_alarm);
  if (strength <= 0 || line.surrogate_share > kMostSurrogates) return {};
  if (continued * 2 >= events && at_a_timeout(line.period, view)) return {{}, "exporter_timeout"};
  TemporalFinding finding;
  finding.evidence = {{.group = EvidenceGroup::kTemporal,
                       .code = "common_line",
                       .statistic = line.false_alarm,
                       .log_likelihood_ratio = strength,
                       .arguments = {{"period", print_seconds(line.period)},
                                     {"clients", fmt::format("{}", line.clients)},
                                     {"events", fmt::format("{}", line.events)}}}};
  return finding;
}

}  // namespace noroshi
