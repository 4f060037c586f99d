#include "collect/exporter_policy.h"

#include <algorithm>

namespace noroshi {
namespace {

/// In bits of the 16-octet form, so that 0.0.0.0/0 is longer than ::/0, which holds it.
int mapped_length(const ExporterRule& rule) {
  return rule.prefix.address().is_v4() ? rule.prefix.length() + 96 : rule.prefix.length();
}

}  // namespace

ExporterPolicy::ExporterPolicy(Config config) : config_(std::move(config)) {
  std::ranges::stable_sort(config_.rules, std::ranges::greater(), mapped_length);
}

ExporterPolicy::Verdict ExporterPolicy::of(const IpAddress& exporter) const {
  const auto rule = std::ranges::find_if(
      config_.rules, [&](const ExporterRule& each) { return each.prefix.contains(exporter); });
  if (rule == config_.rules.end()) return {&config_.strangers, true};
  return {&rule->treatment, false};
}

}  // namespace noroshi
