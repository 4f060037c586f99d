#include "language.h"

#include <cstdlib>
#include <string_view>

namespace noroshi {

void add_language_option(CLI::App& command, std::string& language) {
  command.add_option("--lang", language, "ja or en [as the terminal: LC_ALL, LC_MESSAGES, LANG]")
      ->check(CLI::IsMember({"ja", "en"}))
      ->type_name("LANGUAGE");
}

Language language_of(const std::string& option) {
  std::string_view chosen = option;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (!chosen.empty()) break;
    if (const char* value = std::getenv(name); value != nullptr) chosen = value;
  }
  return chosen.starts_with("ja") ? Language::kJapanese : Language::kEnglish;
}

}  // namespace noroshi
