#pragma once

#include <CLI/CLI.hpp>

#include "command.h"

namespace noroshi {

/// `noroshi model examples | train | evaluate | explain | card`: the judge that learns.
void add_model_commands(CLI::App& app, Action& action);

void add_model_examples(CLI::App& model, Action& action);
void add_model_train(CLI::App& model, Action& action);
void add_model_evaluate(CLI::App& model, Action& action);
void add_model_explain(CLI::App& model, Action& action);
void add_model_card(CLI::App& model, Action& action);

}  // namespace noroshi
