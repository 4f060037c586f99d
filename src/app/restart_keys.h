#pragma once

#include <string_view>
#include <vector>

#include "app/config.h"

namespace noroshi {

/// The keys that differ and that a running daemon does not take over: all that config/noroshi.toml
/// does not mark "(live)".
[[nodiscard]] std::vector<std::string_view> keys_that_need_a_restart(const Config& running,
                                                                     const Config& next);

}  // namespace noroshi
