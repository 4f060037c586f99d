#pragma once

#include "record/format.h"

namespace noroshi {

/// Zeek conn logs with one connection a line, columns by name in any order (Zeek "Log Formats").
///
/// - kZeekTsv: Zeek's own text, with `#` lines that name separator, unset field and columns.
/// Several
///   logs one after another (rotated logs put together) read as one. Also the text that data sets
///   make of it: no `#` lines, a first line that names the columns, separated by tab, `|`, `,` or
///   `;`.
/// - kZeekJson: one object a line, or the elements of an array.
///
/// What a row holds: ZeekConn. A log without `#fields`, or of another kind than conn, is refused.
/// A line that cannot be read is counted as damage ("unparsable_line") and left out. Labels are
/// never read.
extern const RecordingFormat kZeekTsv;
extern const RecordingFormat kZeekJson;

}  // namespace noroshi
