#include "model.h"

namespace noroshi {

void add_model_commands(CLI::App& app, Action& action) {
  auto* model =
      app.add_subcommand("model", "The judge that learns: examples, training, measuring, reasons.");
  model->require_subcommand(1);
  model->footer(
      "Examples:\n"
      "  noroshi model examples --scenarios config/scenarios/evaluation --seeds 1,2,3 "
      "--output examples.bin\n"
      "\n"
      "Exit status: 0 done; 1 failed; 2 misused.");
  add_model_examples(*model, action);
}

}  // namespace noroshi
