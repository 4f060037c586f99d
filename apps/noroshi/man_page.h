#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/result.h"

namespace noroshi {

/// The man page of a command (section 1), made from what `--help` prints: description, options and
/// the footer, whose "Examples:" becomes a section. `name` is the whole name, "noroshi recording
/// show". The same program always gives the same page.
[[nodiscard]] std::string man_page(const CLI::App& command, const std::string& name);

/// Writes the pages of `program` and of every command below it into an existing folder:
/// noroshi.1, noroshi-recording.1, noroshi-recording-show.1 …
[[nodiscard]] Status write_man_pages(const CLI::App& program, const std::string& folder);

}  // namespace noroshi
