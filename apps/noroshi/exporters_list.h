#pragma once

#include "command.h"

namespace noroshi {

void add_exporters_commands(CLI::App& app, Action& action);

}  // namespace noroshi
