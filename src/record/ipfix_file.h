#pragma once

#include "record/format.h"

namespace noroshi {

/// IPFIX files (RFC 5655): IPFIX messages one after another. As on a connection, templates stay
/// until they are withdrawn or the file ends. A file does not say who exported: `exporter` is none,
/// sessions are told apart by observation domain, and `received` is the message's export time.
///
/// Where a message is not one (its header is impossible, or neither its sets nor what follows it
/// agree with its length), that is damage ("malformed_message") and reading goes on at the next
/// place where a message fits (RFC 5655 §10.3); what lies between is counted in "skipped_bytes". A
/// message that the file does not hold whole is a "truncated_message": its whole sets are read.
extern const RecordingFormat kIpfixFile;

}  // namespace noroshi
