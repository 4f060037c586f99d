#pragma once

#include "command.h"

namespace noroshi {

/// `noroshi collect`: collection alone, in the foreground.
void add_collect(CLI::App& app, Action& action);

}  // namespace noroshi
