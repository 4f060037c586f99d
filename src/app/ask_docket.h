#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/open_desk.h"
#include "base/result.h"
#include "desk/desk.h"

namespace noroshi {

/// Asks a verb of DocketDesk: of the running daemon if one serves, else of the place's own state,
/// opened for this. `progress` is told how much of a judgement is done, where it is made here.
[[nodiscard]] Result<std::string> ask_docket(const DeskPlace& place, std::string_view verb,
                                             const std::string& body, const Asker& asker,
                                             const std::function<void(double)>& progress);

}  // namespace noroshi
