#pragma once

#include "command.h"

namespace noroshi {

void add_serve(CLI::App& app, Action& action);

}  // namespace noroshi
