#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/bilingual.h"

namespace noroshi {

/// `--lang ja|en`. Left out, the environment decides as it does for the rest of a terminal:
/// LC_ALL, LC_MESSAGES, LANG, the first of them that is set.
void add_language_option(CLI::App& command, std::string& language);
[[nodiscard]] Language language_of(const std::string& option);

}  // namespace noroshi
