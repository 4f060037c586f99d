#include "guard_office.h"

#include "app/oversight.h"
#include "language.h"
#include "output.h"
#include "place_options.h"

namespace noroshi {

void add_office_options(CLI::App& command, OfficeOptions& options) {
  add_place_options(command, options.place);
  command.add_flag("--json", options.json, "As JSON, in both languages");
  add_language_option(command, options.language);
}

Result<nlohmann::json> ask_office(const OfficeOptions& options, std::string_view verb,
                                  const std::string& body) {
  auto answer =
      nlohmann::json::parse(TRY(ask_oversight(options.place, verb, body)), nullptr, false);
  if (!answer.is_object())
    return failure(ErrorCode::kMalformed, "the daemon's answer is not what was asked for");
  return answer;
}

Exit print_office(const OfficeOptions& options, const Result<nlohmann::json>& answer,
                  std::string (*words)(const nlohmann::json&, Language)) {
  if (!answer) return tell(answer.error());
  Output output;
  output.write(options.json
                   ? answer->dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
                   : words(*answer, language_of(options.language)));
  return output.exit();
}

CLI::App& add_office_verb(CLI::App& noun, const char* name, const char* description,
                          OfficeOptions& options) {
  auto* command = noun.add_subcommand(name, description);
  add_office_options(*command, options);
  return *command;
}

}  // namespace noroshi
