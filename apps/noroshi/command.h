#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace noroshi {

/// How a command ends (README "Exit status").
enum class Exit : int { kDone = 0, kFailed = 1, kMisused = 2 };

/// What the chosen command will do once the whole command line has been understood.
using Action = std::function<Exit()>;

}  // namespace noroshi
