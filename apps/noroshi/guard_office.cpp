#include "guard_office.h"

#include "app/oversight.h"
#include "language.h"
#include "output.h"

namespace noroshi {

void add_office_options(CLI::App& command, OfficeOptions& options) {
  auto* config = command
                     .add_option_function<std::string>(
                         "--config",
                         [&options](const std::string& file) {
                           options.place.config = file;
                           options.place.config_stated = true;
                         },
                         "The daemon's configuration, which names its socket and state "
                         "[/etc/noroshi/noroshi.toml]")
                     ->type_name("FILE");
  command
      .add_option("--store", options.place.store,
                  "Of a folder of `noroshi collect --store`, instead of the daemon's")
      ->excludes(config)
      ->type_name("FOLDER");
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

Exit tell(const Error& error) {
  complain(error.message);
  return error.code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
}

}  // namespace noroshi
