#pragma once

#include <string>

#include "model/flow_batch.h"

namespace noroshi {

/// Flows for reading by people, in the columns of `nfdump -o long` (nfdump(1)) without the ToS,
/// which we do not keep. Not a format to read back.
///
/// A row that saw both directions shows `<->`, the flags of both, and packets and bytes of both
/// added up; an event shows `Event` for the count of flows and is not traffic. Times are UTC.

/// Appends the line of column titles.
void write_text_header(std::string& out);
/// Appends one line for each row.
void write_text(const FlowBatch& batch, std::string& out);

}  // namespace noroshi
