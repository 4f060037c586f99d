#pragma once

#include "command.h"

namespace noroshi {

/// `noroshi simulate`: a small provider with a botnet in it, as a capture or over UDP.
void add_simulate(CLI::App& app, Action& action);

}  // namespace noroshi
