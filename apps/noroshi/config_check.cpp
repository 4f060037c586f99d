#include "config_check.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/config.h"
#include "app/plan.h"
#include "output.h"

namespace noroshi {
namespace {

struct Options {
  std::string file = "/etc/noroshi/noroshi.toml";
  bool json = false;
};

Exit run(const Options& options) {
  const auto config = read_config(options.file);
  // Addresses and files that a daemon would use, without opening or binding any.
  const auto plan = config ? plan_of(*config) : tl::unexpected(config.error());
  if (options.json) {
    nlohmann::json result = {{"file", options.file}, {"ok", plan.has_value()}};
    if (!plan) result["error"] = plan.error().message;
    Output output;
    output.write(result.dump(1) + "\n");
    return plan ? output.exit() : Exit::kMisused;
  }
  if (!plan) {
    complain(plan.error().message);
    return Exit::kMisused;
  }
  Output output;
  output.write(fmt::format("{}: good; {} listening addresses, {} named exporters\n", options.file,
                           plan->collector.listen.size(), config->exporters.size()));
  return output.exit();
}

}  // namespace

void add_config_commands(CLI::App& app, Action& action) {
  auto* config = app.add_subcommand("config", "The daemon's configuration.");
  config->require_subcommand(1);
  auto* check = config->add_subcommand(
      "check", "Say whether a configuration file is good, and if not, where and why.");
  auto options = std::make_shared<Options>();
  check->add_option("FILE", options->file, "the file")->capture_default_str();
  check->add_flag("--json", options->json, "as JSON");
  check->footer(
      "Examples:\n"
      "  noroshi config check\n"
      "  noroshi config check ./noroshi.toml && systemctl reload noroshi\n"
      "\n"
      "Exit status: 0 good; 2 not good.");
  check->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
