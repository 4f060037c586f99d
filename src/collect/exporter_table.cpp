#include "collect/exporter_table.h"

namespace noroshi {

Exporter::Exporter(const IpAddress& address, ExporterPolicy::Verdict verdict, Timestamp now)
    : treatment(verdict.treatment), rate_cap(verdict.treatment->datagrams_per_second) {
  report.address = address;
  report.first_seen = now;
  adopt(verdict);
}

void Exporter::adopt(ExporterPolicy::Verdict verdict) {
  treatment = verdict.treatment;
  rate_cap = RateCap(treatment->datagrams_per_second);
  report.name = treatment->name;
  report.stranger = verdict.stranger;
  report.allowed = treatment->allowed;
}

void ExporterTable::adopt(std::shared_ptr<const ExporterPolicy> policy) {
  exporters_.for_each(
      [&](const IpAddress& address, Exporter& exporter) { exporter.adopt(policy->of(address)); });
  policy_ = std::move(policy);
}

Exporter& ExporterTable::open(const IpAddress& address, Timestamp now) {
  if (auto* known = exporters_.find(address); known != nullptr) return *known;
  if (exporters_.full()) {
    forgotten_.add(exporters_.oldest().second.report.counters);
    exporters_.evict_oldest();
    ++evicted_;
  }
  return exporters_.insert(address, Exporter(address, policy_->of(address), now));
}

ExporterCounters ExporterTable::totals() const {
  auto totals = forgotten_;
  for (const auto& [address, exporter] : exporters_.entries()) totals.add(exporter.report.counters);
  return totals;
}

std::vector<Exporter> ExporterTable::copy() const {
  std::vector<Exporter> exporters;
  exporters.reserve(exporters_.size());
  for (const auto& [address, exporter] : exporters_.entries()) exporters.push_back(exporter);
  return exporters;
}

}  // namespace noroshi
