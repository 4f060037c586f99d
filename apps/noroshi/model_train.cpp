#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "learn/model_files.h"
#include "model.h"
#include "output.h"
#include "whole_file.h"

// Door (out): what was learnt from, in numbers. Guard: counts alone.

namespace noroshi {
namespace {

struct Arguments {
  std::vector<std::string> examples;
  std::vector<std::string> licences;
  std::string output;
  TrainingOrder order;
  bool force = false;
  bool json = false;
};

Status write_whole(const std::filesystem::path& path, const std::string& text, bool force) {
  auto file = TRY(WholeFile::create(
      path.string(), force ? WholeFile::Existing::kReplace : WholeFile::Existing::kRefuse));
  TRY(file.write(std::as_bytes(std::span(text))));
  return file.finish();
}

Result<ModelFiles> train(const Arguments& arguments) {
  const auto examples = TRY(ExampleSet::read(arguments.examples));
  const auto learnt = TRY(learnt_from_all(examples, arguments.order));
  std::vector<std::string> names;
  for (const auto& file : arguments.examples)
    names.push_back(std::filesystem::path(file).filename().string());
  auto files = TRY(
      model_files(learnt, {.sources = sources_of(examples),
                           .licences = arguments.licences,
                           .command = fmt::format("noroshi model train --examples {} --output …",
                                                  fmt::join(names, ",")),
                           .order = arguments.order}));
  const std::filesystem::path folder(arguments.output);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return failure(ErrorCode::kIo, arguments.output + ": cannot be made: " + failed.message());
  TRY(write_whole(folder / "booster.json", files.booster, arguments.force));
  TRY(write_whole(folder / "card.json", files.card_json, arguments.force));
  TRY(write_whole(folder / "card.md", files.card, arguments.force));
  TRY(write_whole(folder / "model.json", files.description, arguments.force));
  fmt::print(stderr,
             "{}: learnt from {} servers, {} of them C&C; calibrated on {}, {} of them C&C\n",
             arguments.output, learnt.examples, learnt.positives, learnt.calibrated_on,
             learnt.calibration_positives);
  return files;
}

Exit run(const Arguments& arguments) {
  const auto files = train(arguments);
  if (!files) {
    complain(files.error().message);
    return files.error().code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
  }
  if (!arguments.json) return Exit::kDone;
  Output output;
  output.write(files->card_json);
  return output.exit();
}

}  // namespace

void add_model_train(CLI::App& model, Action& action) {
  auto* command = model.add_subcommand(
      "train", "Learn from examples; the last seed among them is held out to calibrate on");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("--examples", arguments->examples, "Files of `noroshi model examples`")
      ->required()
      ->delimiter(',')
      ->type_name("FILE");
  command->add_option("--output", arguments->output, "The model's folder")
      ->required()
      ->type_name("DIR");
  command->add_option("--licence", arguments->licences,
                      "A line for the card, of recordings that were learnt from; may be repeated");
  command->add_option("--rounds", arguments->order.parameters.rounds, "Trees")
      ->capture_default_str()
      ->check(CLI::Range(1, 5000));
  command->add_option("--depth", arguments->order.parameters.depth, "Of a tree")
      ->capture_default_str()
      ->check(CLI::Range(1, 12));
  command->add_option("--seed", arguments->order.parameters.seed, "Of what training draws")
      ->capture_default_str();
  command->add_flag("--force", arguments->force, "Replace the files");
  command->add_flag("--json", arguments->json, "The card on standard output");
  command->footer(
      "Examples:\n"
      "  noroshi model train --examples examples.bin --output models/mine");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace noroshi
