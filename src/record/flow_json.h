#pragma once

#include <string>

#include "model/flow_batch.h"
#include "record/format.h"

namespace noroshi {

/// Noroshi's own JSON lines (docs/reference/flow-formats.md): one flow an object, one object a
/// line, every field of FlowBatch by name; what is written reads back exactly.

/// Appends one line for each row.
void write_json_lines(const FlowBatch& batch, std::string& out);

/// Reads the same, and arrays of such objects: members in any order, any of them left out except
/// the two addresses in the first object. A member that is no field is refused by name in the
/// first object and makes any later one damage ("unparsable_line").
extern const RecordingFormat kFlowJson;

}  // namespace noroshi
