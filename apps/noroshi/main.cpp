#include <CLI/CLI.hpp>

#include "command.h"
#include "simulate.h"

int main(int argc, char** argv) {
  CLI::App app("Noroshi watches flow data, finds the servers that command botnets, and says why.");
  app.set_version_flag("--version", "noroshi " NOROSHI_VERSION);
  app.require_subcommand(1);
  noroshi::Action action;
  noroshi::add_simulate(app, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = app.exit(error) == 0;
    return static_cast<int>(asked_for_help ? noroshi::Exit::kDone : noroshi::Exit::kMisused);
  }
  return static_cast<int>(action());
}
