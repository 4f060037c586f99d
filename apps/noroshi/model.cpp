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
      "  noroshi model train --examples examples.bin --output models/mine\n"
      "  noroshi model evaluate --examples examples.bin --protocol leave-family-out\n"
      "\n"
      "Exit status: 0 done; 1 failed; 2 misused.");
  add_model_examples(*model, action);
  add_model_train(*model, action);
  add_model_evaluate(*model, action);
  add_model_explain(*model, action);
  add_model_card(*model, action);
}

}  // namespace noroshi
