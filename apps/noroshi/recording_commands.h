#pragma once

#include "command.h"

namespace noroshi {

/// `noroshi recording show` and `noroshi recording cat`, under the noun `recording`. What the
/// person asks for is stored in `action`, which must outlive the parsing.
void add_recording_show(CLI::App& recording, Action& action);
void add_recording_cat(CLI::App& recording, Action& action);

}  // namespace noroshi
