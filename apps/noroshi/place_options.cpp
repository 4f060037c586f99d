#include "place_options.h"

namespace noroshi {

CLI::Option* add_config_option(CLI::App& command, DeskPlace& place,
                               const std::string& description) {
  return command
      .add_option_function<std::string>(
          "--config",
          [&place](const std::string& file) {
            place.config = file;
            place.config_stated = true;
          },
          description)
      ->type_name("FILE");
}

void add_place_options(CLI::App& command, DeskPlace& place) {
  auto* config = add_config_option(command, place);
  command
      .add_option("--store", place.store,
                  "The folder of `noroshi collect --store` in place of the daemon's state")
      ->type_name("DIR")
      ->excludes(config);
}

}  // namespace noroshi
