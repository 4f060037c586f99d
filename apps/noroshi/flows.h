#pragma once

#include "command.h"

namespace noroshi {

/// `noroshi flows query|top|series|trend|export|import`. What the person asks for is stored in
/// `action`, which must outlive the parsing.
void add_flows_commands(CLI::App& app, Action& action);

/// Each under the noun `flows`.
void add_flows_query(CLI::App& flows, Action& action);
void add_flows_top(CLI::App& flows, Action& action);
void add_flows_series(CLI::App& flows, Action& action);
void add_flows_trend(CLI::App& flows, Action& action);
void add_flows_export(CLI::App& flows, Action& action);
void add_flows_import(CLI::App& flows, Action& action);

}  // namespace noroshi
