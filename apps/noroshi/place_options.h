#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "app/open_desk.h"

namespace noroshi {

/// `--config FILE`, for commands on the stored data of an installation. `place` must live as long
/// as the command line is read.
CLI::Option* add_config_option(CLI::App& command, DeskPlace& place,
                               const std::string& description =
                                   "The daemon's configuration, which names its socket and state "
                                   "[/etc/noroshi/noroshi.toml]");
/// That, and `--store DIR`, which excludes it.
void add_place_options(CLI::App& command, DeskPlace& place);

}  // namespace noroshi
