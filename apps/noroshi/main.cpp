#include <CLI/CLI.hpp>
#include <csignal>

#include "analyze.h"
#include "c2.h"
#include "collect.h"
#include "command.h"
#include "config_check.h"
#include "exporters_list.h"
#include "flows.h"
#include "guard.h"
#include "man_page.h"
#include "model.h"
#include "output.h"
#include "recording_commands.h"
#include "serve.h"
#include "simulate.h"

// Door (in): arguments; the CLI library could read them from a file too. Guard: no command offers
// that.
// Door (out): errors and help. Guard: errors quote the user's own words and no stored traffic.

namespace noroshi {
namespace {

void add_recording_commands(CLI::App& app, Action& action) {
  auto* recording = app.add_subcommand("recording", "Look into recordings of flows and packets.");
  recording->require_subcommand(1);
  recording->footer(
      "Examples:\n"
      "  noroshi recording show router.pcap\n"
      "  noroshi recording cat --format csv router.pcap");
  add_recording_show(*recording, action);
  add_recording_cat(*recording, action);
}

int run(int argc, char** argv) {
  CLI::App app("Noroshi watches flow data, finds the servers that command botnets, and says why.");
  app.name("noroshi");
  app.set_version_flag("--version", "noroshi " NOROSHI_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  noroshi analyze capture.pcap conn.log.gz\n"
      "  noroshi flows top srcip/bytes 'dst port 443' --file router.pcap\n"
      "  noroshi recording show router.pcap nfcapd.202611220000\n"
      "  noroshi recording cat --format csv conn.log.gz\n"
      "\n"
      "Exit status: 0 done; 1 failed; 2 misused.");
  Action action;
  add_analyze(app, action);
  add_c2_commands(app, action);
  add_infected_commands(app, action);
  add_collect(app, action);
  add_flows_commands(app, action);
  add_recording_commands(app, action);
  add_model_commands(app, action);
  add_simulate(app, action);
  add_serve(app, action);
  add_guard_commands(app, action);
  add_exporters_commands(app, action);
  add_config_commands(app, action);

  // For packagers: hidden from people (an empty group), and needs no command beside it.
  app.add_option_function<std::string>(
         "--write-man-pages",
         [&](const std::string& folder) {
           const auto written = write_man_pages(app, folder);
           if (!written) complain(written.error().message);
           throw CLI::RuntimeError(static_cast<int>(written ? Exit::kDone : Exit::kFailed));
         },
         "write the man pages into a folder")
      ->trigger_on_parse()
      ->group("");

  try {
    app.parse(argc, argv);
  } catch (const CLI::RuntimeError& done) {
    return done.get_exit_code();
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = app.exit(error) == 0;
    return static_cast<int>(asked_for_help ? Exit::kDone : Exit::kMisused);
  }
  return static_cast<int>(action());
}

}  // namespace
}  // namespace noroshi

int main(int argc, char** argv) {
  // A closed pipe is an ordinary end (`| head`), told by write().
  std::signal(SIGPIPE, SIG_IGN);
  return noroshi::run(argc, argv);
}
