#pragma once

#include <cstdint>
#include <span>

#include "model/flow_batch.h"
#include "record/nfcapd_exporters.h"

namespace noroshi {

/// Appends the flow or event of one layout 2 record (with its header, exactly as long as it says).
/// False, and nothing appended, when its elements contradict its length or there is no flow in it.
[[nodiscard]] bool append_nfcapd_flow17(std::span<const std::byte> record,
                                        const NfcapdExporters& exporters,
                                        std::uint32_t default_sampling_rate, FlowBatch& batch);

}  // namespace noroshi
