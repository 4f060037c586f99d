#pragma once

#include <string>
#include <string_view>

#include "app/open_desk.h"
#include "base/result.h"

namespace noroshi {

/// kPermission where root would write into a folder of somebody else's state, who could not open
/// afterwards what root leaves there.
[[nodiscard]] Status leaves_nothing_of_root(const std::string& folder);

/// Asks a verb of OversightDesk or of OfficeDesk: of the running daemon if one serves, else of the
/// place's own state, opened for this.
[[nodiscard]] Result<std::string> ask_oversight(const DeskPlace& place, std::string_view verb,
                                                const std::string& body);

}  // namespace noroshi
