#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "database/database.h"
#include "guard/cases/reveal.h"

namespace noroshi {

// Requests as rows of the ledger, within a transaction.

/// Requests, the newest first, with their pseudonyms and decisions; of one number, or of all.
[[nodiscard]] Result<std::vector<RevealRequest>> read_reveals(DatabaseStatements& ledger);
/// kNotFound when there is none of that number.
[[nodiscard]] Result<RevealRequest> read_reveal(DatabaseStatements& ledger, std::uint64_t number);
/// The highest number there is; 0 without any.
[[nodiscard]] Result<std::uint64_t> newest_reveal(DatabaseStatements& ledger);

Status add_reveal(DatabaseStatements& ledger, const RevealRequest& request);
Status add_decision(DatabaseStatements& ledger, std::uint64_t number,
                    const RevealRequest::Decision& decision);
Status mark_shown(DatabaseStatements& ledger, std::uint64_t number, Timestamp when);

}  // namespace noroshi
