#pragma once

// Terms over the columns of a row of "flows", for use within constants of SQL.

/// A difference of two UInt64 is an Int64, and brought back keeps its bits.
#define NOROSHI_SQL_FIRST "toUInt64(last - duration)"
#define NOROSHI_SQL_PACKETS "(packets + reverse_packets)"
#define NOROSHI_SQL_BYTES "(bytes + reverse_bytes)"
