#pragma once

#include <string>
#include <vector>

#include "collect/collector.h"
#include "collect/exporter_report.h"

namespace noroshi {

/// Every exporter, every listening socket and the hints what to mend, as one JSON object;
/// docs/reference/collecting.md lists its members.
[[nodiscard]] std::string exporters_to_json(const std::vector<ExporterReport>& exporters,
                                            const CollectorReport& collector, Timestamp now);

}  // namespace noroshi
