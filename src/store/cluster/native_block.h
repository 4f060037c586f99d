#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "store/engine.h"

namespace noroshi {

/// A block in ClickHouse's Native format without revision, as `INSERT … FORMAT Native` takes it
/// over HTTP (clickhouse.com/docs, "Native"): counts of columns and rows, then per column its name,
/// its type and its values.
[[nodiscard]] std::vector<std::byte> encode_native(const Block& block);

/// "INSERT INTO noroshi.flows (first, last, …) FORMAT Native". Names are the program's own: CHECKs
/// that they are letters, digits and '_'.
[[nodiscard]] std::string insert_statement(const Block& block);

}  // namespace noroshi
