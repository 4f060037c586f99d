#pragma once

#include "decode/datagram.h"
#include "decode/decoder.h"
#include "decode/session.h"
#include "decode/template/run.h"

namespace noroshi {

/// Decodes one IPFIX message (RFC 7011), with biflows (RFC 5103); structured data (RFC 6313) is
/// stepped over by its length and never entered, so its nesting costs nothing.
///
/// Over UDP template withdrawals are ignored (§8.4); over connections and in files they are
/// honoured (§8.1). Returns false when there is no IPFIX header.
///
/// One datagram holds one message (§10.3.1): whole messages behind the first, as relays glue them
/// together, are counted as kUnsupportedFeature. A message cut short is decoded as far as its sets
/// are whole.
///
/// Deviation: a last set that begins within the length the header states and ends beyond it is
/// decoded, if the datagram holds it (VMware).
bool decode_ipfix(const Datagram& datagram, const Decoder::Config& config, SessionTable& sessions,
                  Workspace& workspace, FlowBatch& batch, DecodeStatistics& statistics);

}  // namespace noroshi
