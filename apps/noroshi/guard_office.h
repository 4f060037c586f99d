#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "answer.h"
#include "app/open_desk.h"
#include "base/bilingual.h"
#include "base/result.h"
#include "command.h"

namespace noroshi {

/// The same in the language of the person; both are checked against the values.
template <typename... Values>
std::string in_words(Language language, fmt::format_string<const Values&...> japanese,
                     fmt::format_string<const Values&...> english, const Values&... values) {
  return fmt::format(language == Language::kJapanese ? japanese : english, values...);
}

/// `--config`, `--store`, `--json` and `--lang`, as every verb of the guard's office has them.
struct OfficeOptions {
  DeskPlace place;
  std::string language;
  bool json = false;
};
void add_office_options(CLI::App& command, OfficeOptions& options);

/// Asks a verb of OfficeDesk; its answer as JSON.
[[nodiscard]] Result<nlohmann::json> ask_office(const OfficeOptions& options, std::string_view verb,
                                                const std::string& body);

/// Prints what came: as JSON where the options say so, else in `words`. An error is told.
[[nodiscard]] Exit print_office(const OfficeOptions& options, const Result<nlohmann::json>& answer,
                                std::string (*words)(const nlohmann::json&, Language));

/// A verb under `noun` with the options of the office; they must outlive the command line.
CLI::App& add_office_verb(CLI::App& noun, const char* name, const char* description,
                          OfficeOptions& options);

}  // namespace noroshi
