#pragma once

#include <string>
#include <string_view>

#include "app/open_desk.h"
#include "base/result.h"

namespace noroshi {

/// Asks a verb of OversightDesk or of OfficeDesk: of the running daemon if one serves, else of the
/// place's own state, opened for this.
[[nodiscard]] Result<std::string> ask_oversight(const DeskPlace& place, std::string_view verb,
                                                const std::string& body);

}  // namespace noroshi
