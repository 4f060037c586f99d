#pragma once

#include <span>

#include "decode/datagram.h"
#include "decode/decoder.h"
#include "decode/session.h"
#include "decode/template/run.h"

namespace noroshi {

/// The NetFlow v5 record (Cisco "NetFlow Export Datagram Format", table B-4) written as a template:
/// the v9 element that means the same, and its length, from front to back.
[[nodiscard]] const TemplateDefinition& netflow5_record();

/// Decodes one NetFlow v5 datagram (the same, tables B-3 and B-4).
///
/// The header's count rules: bytes behind its records are not decoded (a record or more of them
/// counts as kUnsupportedFeature: datagrams glued together), and a datagram that holds fewer
/// records than its count is rejected whole. Engine type and number become the observation
/// domain (type × 256 + number). The sampling interval is the lower 14 bits of its field, whatever
/// the mode above them; 0 leaves the rate unknown. Returns false, appending nothing, when the
/// datagram is rejected.
bool decode_netflow5(const Datagram& datagram, const Decoder::Config& config,
                     SessionTable& sessions, Workspace& workspace, FlowBatch& batch,
                     DecodeStatistics& statistics);

}  // namespace noroshi
