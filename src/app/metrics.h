#pragma once

#include <string>
#include <vector>

#include "api/server.h"
#include "collect/collector.h"
#include "desk/collection_state.h"
#include "enrich/warning_lists.h"
#include "guard/audit/audit.h"
#include "guard/audit/upkeep.h"
#include "guard/pseudonym/pseudonymiser.h"
#include "pipeline/hourly_contacts.h"
#include "pipeline/upkeep.h"
#include "store/writer.h"

namespace noroshi {

/// What one scrape sees. Absent parts are null.
struct Observed {
  const CollectionState* collection = nullptr;
  const CollectorReport* collector = nullptr;
  const std::vector<ExporterReport>* exporters = nullptr;
  const HistoryWriter::Statistics* writer = nullptr;
  const HourlyContactsStatistics* contacts = nullptr;
  const HttpStatistics* http = nullptr;
  const PseudonymStatistics* pseudonyms = nullptr;
  const UpkeepStatistics* upkeep = nullptr;
  WarningFiles::Statistics warning_lists;
  const Audit::Statistics* audit = nullptr;
  const AuditUpkeep::Statistics* audit_upkeep = nullptr;
  std::uint64_t log_held_back = 0;
  double start_time = 0;  ///< seconds since 1970
};

/// The page at /metrics; docs/reference/metrics.md explains each metric.
[[nodiscard]] std::string metrics_page(const Observed& observed);

}  // namespace noroshi
