#pragma once

#include <CLI/CLI.hpp>

#include "command.h"

namespace noroshi {

/// `noroshi analyze`: recordings in, the servers that look like C&C and the infected hosts out.
/// Sets `action` when the command is chosen.
void add_analyze(CLI::App& app, Action& action);

}  // namespace noroshi
