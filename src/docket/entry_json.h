#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "docket/entry.h"

namespace noroshi {

/// Entries and changes as the docket keeps them. Members that this program does not know are
/// ignored when they are read, so that an older one can read what a newer one wrote; what is needed
/// and is not there, or is of another kind, is kMalformed.
[[nodiscard]] std::string to_json(const DocketEntry& entry);
[[nodiscard]] std::string to_json(const DocketChange& change);
[[nodiscard]] Result<DocketEntry> docket_entry_from_json(std::string_view text);
[[nodiscard]] Result<DocketChange> docket_change_from_json(std::string_view text);

}  // namespace noroshi
