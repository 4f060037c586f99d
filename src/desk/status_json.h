#pragma once

#include <optional>
#include <string>

#include "collect/collector.h"
#include "desk/collection_state.h"
#include "pipeline/hourly_contacts.h"
#include "store/writer.h"

namespace noroshi {

/// What a daemon is doing, as one JSON object: filing, collection, history, contacts.
[[nodiscard]] std::string status_to_json(Timestamp started, const CollectionState& state,
                                         const CollectorReport& collector,
                                         const std::optional<HistoryWriter::Statistics>& writer,
                                         const HourlyContactsStatistics& contacts);

}  // namespace noroshi
