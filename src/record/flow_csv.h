#pragma once

#include <string>

#include "model/flow_batch.h"
#include "record/format.h"

namespace noroshi {

/// Noroshi's own CSV (docs/reference/flow-formats.md): a header line that names the fields, then
/// one flow a line, every field of FlowBatch; what is written reads back exactly.

/// Appends the header line.
void write_csv_header(std::string& out);
/// Appends one line for each row.
void write_csv(const FlowBatch& batch, std::string& out);

/// Reads the same, with the columns in any order and any of them left out except the two
/// addresses. A column that is no field is refused by name; a line that cannot be read is counted
/// as damage ("unparsable_line").
extern const RecordingFormat kFlowCsv;

}  // namespace noroshi
