#pragma once

#include "record/format.h"

namespace noroshi {

/// Argus bidirectional flows as `ra` prints them with a header line, separated by commas or tabs,
/// columns by name in any order (argus-clients ra(1), "-s fields").
///
/// One row per line, kind kBidirectional, the source the end that opened the conversation:
/// - Dir `->` and `<->`: as printed. `<-`: the ends are swapped. A `?` says that Argus does not
///   know who opened it: the end with the lower port is taken for the server, unless the TCP flags
///   show a SYN. A one-way row of that sort is kUnidirectional, as printed.
/// - Times have no zone and are taken as UTC. `first` is StartTime, `last` StartTime + Dur.
/// - Bytes as exported: Argus counts from the link layer up, so a row holds 14 octets a packet more
///   (Ethernet) than NetFlow would say.
/// - TotPkts without SrcPkts: all forward when only the source sent bytes, all backward when only
///   the destination did, else shared out as the bytes are, at least one packet each.
/// - State as flags ("S_RA"), else what the word implies (REQ, ACC, CON, FIN, CLO, RST).
/// - ICMP: Sport holds code and type (0x0403 is type 3, code 4), or type and code are the two
///   ports. Unknown protocol names become 0.
/// Rows that are not IP (arp, llc, man) are counted as ignored. Labels are never read.
extern const RecordingFormat kBinetflow;

}  // namespace noroshi
