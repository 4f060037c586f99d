#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "guard/clear_rows_question.h"
#include "guard/grant.h"
#include "store/engine.h"

namespace noroshi {

/// Rows of an hour in which some address stands in clear.
struct ClearRows {
  std::string table;       ///< "flows", "contacts"
  std::uint64_t hour = 0;  ///< since 1970
  std::uint64_t rows = 0;
  friend bool operator==(const ClearRows&, const ClearRows&) = default;
};

/// By table and hour, of all shards together; empty where none holds any. Addresses count in every
/// column in which one of traffic stands, and IPv4 ones inside IPv6 addresses as the door finds
/// them (guard/pseudonym/embedded_v4.h). Reads every stored address once.
[[nodiscard]] Result<std::vector<ClearRows>> clear_rows(Engine& engine,
                                                        const Granted<ClearRowsQuestion>& granted);

}  // namespace noroshi
