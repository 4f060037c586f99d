#include "collect/exporter_report.h"

#include <algorithm>

namespace noroshi {
namespace {

void unite(std::vector<std::uint32_t>& values, const std::vector<std::uint32_t>& others,
           std::size_t most) {
  for (const auto value : others)
    if (values.size() < most && std::ranges::find(values, value) == values.end())
      values.push_back(value);
}

}  // namespace

void ExporterCounters::add(const ExporterCounters& other) {
  datagrams += other.datagrams;
  octets += other.octets;
  refused += other.refused;
  over_rate += other.over_rate;
  unknown_sampling_flows += other.unknown_sampling_flows;
  decode.add(other.decode);
}

void ExporterReport::merge(const ExporterReport& other) {
  if (other.last_seen > last_seen) {
    listener = other.listener;
    port = other.port;
    last_seen = other.last_seen;
    if (other.clock_skew.known) clock_skew = other.clock_skew;
  }
  first_seen = std::min(first_seen, other.first_seen);
  counters.add(other.counters);
  for (std::size_t kind = 0; kind < kExportKinds; ++kind)
    datagrams_by_kind[kind] += other.datagrams_by_kind[kind];
  unite(domains, other.domains, kMostDomains);
  unite(sampling_rates, other.sampling_rates, kMostRates);
  sessions += other.sessions;
  templates += other.templates;
  provisional_templates += other.provisional_templates;
  last_loss = std::max(last_loss, other.last_loss);
  last_unknown_template = std::max(last_unknown_template, other.last_unknown_template);
}

}  // namespace noroshi
