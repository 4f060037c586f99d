#pragma once

#include "decode/datagram.h"
#include "decode/decoder.h"
#include "decode/session.h"
#include "decode/template/run.h"

namespace noroshi {

/// Decodes one NetFlow v9 datagram (RFC 3954).
///
/// Templates, options and data may come in any order; data whose template is not known (yet) is
/// counted and lost. The header's count is of records, and exporters disagree about it: the bytes
/// bound the reading, the count is ignored. Returns false when there is no v9 header.
///
/// Deviation: a field length of 65535 is taken as variable, as in IPFIX (H3C NetStream).
bool decode_netflow9(const Datagram& datagram, const Decoder::Config& config,
                     SessionTable& sessions, Workspace& workspace, FlowBatch& batch,
                     DecodeStatistics& statistics);

}  // namespace noroshi
