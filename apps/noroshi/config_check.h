#pragma once

#include "command.h"

namespace noroshi {

void add_config_commands(CLI::App& app, Action& action);

}  // namespace noroshi
