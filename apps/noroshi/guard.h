#pragma once

#include "command.h"

namespace noroshi {

/// `noroshi guard …`: who may read what, and proof of what was read.
void add_guard_commands(CLI::App& app, Action& action);

/// Each under the noun `guard`.
void add_guard_file(CLI::App& guard, Action& action);
void add_guard_policy(CLI::App& guard, Action& action);
void add_guard_case(CLI::App& guard, Action& action);
void add_guard_reveal(CLI::App& guard, Action& action);
void add_guard_key(CLI::App& guard, Action& action);
void add_guard_retention(CLI::App& guard, Action& action);
void add_guard_audit(CLI::App& guard, Action& action);
void add_guard_report(CLI::App& guard, Action& action);

}  // namespace noroshi
