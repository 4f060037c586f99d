#include "guard.h"

namespace noroshi {

void add_guard_commands(CLI::App& app, Action& action) {
  auto* guard =
      app.add_subcommand("guard", "Who may read what, for which purpose, and what was read.");
  guard->require_subcommand(1);
  guard->footer(
      "Examples:\n"
      "  noroshi guard file --lang ja\n"
      "  noroshi guard policy show\n"
      "  noroshi guard policy check ./policy.toml\n"
      "  noroshi guard key init\n"
      "  noroshi guard audit verify");
  add_guard_file(*guard, action);
  add_guard_policy(*guard, action);
  add_guard_case(*guard, action);
  add_guard_reveal(*guard, action);
  add_guard_key(*guard, action);
  add_guard_retention(*guard, action);
  add_guard_audit(*guard, action);
  add_guard_report(*guard, action);
}

}  // namespace noroshi
