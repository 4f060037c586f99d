#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collect/collector.h"
#include "collect_pipeline.h"

namespace noroshi {

/// How a run of `collect` went.
struct CollectSummary {
  CollectorReport report;
  std::vector<ExporterReport> exporters;
  double seconds = 0;
  std::uint64_t peak_memory_kib = 0;
  double cpu_seconds = 0;  ///< user and system, of the whole process
  CollectPipeline::Kept kept;
  bool pseudonyms = false;  ///< were made
};

/// Flow records or, where the protocol counts those, datagrams that sequence numbers show as lost.
[[nodiscard]] std::uint64_t lost(const CollectorReport& report);

/// One JSON document, one line.
[[nodiscard]] std::string summary_as_json(const CollectSummary& summary);
/// Tables for a person.
[[nodiscard]] std::string summary_as_table(const CollectSummary& summary);

}  // namespace noroshi
