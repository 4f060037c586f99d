#include "collect/exporter_policy.h"

#include <algorithm>

namespace noroshi {
ExporterPolicy::Verdict ExporterPolicy::of(const IpAddress& exporter) const {
  const auto rule = std::ranges::find_if(
      config_.rules, [&](const ExporterRule& each) { return each.prefix.contains(exporter); });
  if (rule == config_.rules.end()) return {&config_.strangers, true};
  return {&rule->treatment, false};
}

}  // namespace noroshi
