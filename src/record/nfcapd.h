#pragma once

#include "record/format.h"

namespace noroshi {

/// nfdump's own files: layout 1 (nfdump 1.6) and layout 2 (1.7), uncompressed or with LZO, LZ4,
/// BZ2 or ZSTD blocks. encode/nfcapd_format.h describes them.
///
/// What nfdump keeps and how it becomes a FlowBatch:
/// - Counters. nfdump multiplies packets and bytes by the sampling rate when it receives a sampled
///   flow, and marks the record. Where the file's sampler records give the rate and it divides
///   every counter, the counters go back to what was exported and `sampling_rate` is that rate.
///   Where it is not known they stay as they are, already scaled, and `sampling_rate` is 0 whatever
///   RecordingOptions say, which apply to unmarked records only.
/// - "Out" packets and bytes, when not zero, are the way back: the row is kBidirectional. That is
///   what `nfdump -b`, nfpcapd and biflow exporters mean by them.
/// - NSEL and NEL records are kEvent; an event without flow times takes the time of the event.
/// - `direction` is kEgress or kUnknown: nfdump does not tell ingress from "not exported".
/// - Exporter and observation domain come from the file's exporter records, else from the address
///   kept with the flow.
/// Payload elements, user names and names of applications are passed over.
///
/// Damage: "truncated_block" (the file ends inside a block; what it holds is read),
/// "oversized_block" (it claims more than 16 MiB: the reading ends), "damaged_block" (it does not
/// decompress or its records contradict its length; read up to there, then the next block),
/// "damaged_record", "unknown_extension_map" (flows whose layout nobody stated, lost),
/// "unsupported_block" (of nfdump 1.5) and "missing_blocks" (the header counts more than there
/// are).
extern const RecordingFormat kNfcapd;

}  // namespace noroshi
