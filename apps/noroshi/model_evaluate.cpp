#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "guard/digest.h"
#include "learn/report.h"
#include "learn/text_file.h"
#include "model.h"
#include "output.h"
#include "pipeline/model_folder.h"
#include "progress.h"
#include "whole_file.h"

namespace noroshi {
namespace {

struct Arguments {
  std::vector<std::string> examples;
  std::string protocol = "time";
  std::string model;
  std::string output;
  bool ablations = false;
  bool force = false;
  bool json = false;
};

Result<Evaluation> evaluated(const Arguments& arguments, const ExampleSet& examples) {
  if (!arguments.model.empty())
    return evaluate_given(TRY(read_model_folder(arguments.model)), examples);
  EvaluationOrder order;
  for (std::size_t at = 0; at < kHoldOuts; ++at)
    if (arguments.protocol == to_string(static_cast<HoldOut>(at)))
      order.protocol = static_cast<HoldOut>(at);
  order.ablations = arguments.ablations;
  Progress progress;
  order.on_progress = [&](double share) { progress.show("training and testing", share); };
  return evaluate(examples, order);
}

Status write_whole(const std::filesystem::path& path, const std::string& text, bool force) {
  auto file = TRY(WholeFile::create(
      path.string(), force ? WholeFile::Existing::kReplace : WholeFile::Existing::kRefuse));
  TRY(file.write(std::as_bytes(std::span(text))));
  return file.finish();
}

Result<std::string> run_through(const Arguments& arguments) {
  const auto examples = TRY(ExampleSet::read(arguments.examples));
  auto head = head_of(examples);
  std::vector<std::string> names;
  for (const auto& file : arguments.examples) {
    names.push_back(std::filesystem::path(file).filename().string());
    head.examples.push_back(
        fmt::format("{} (SHA-256 {})", names.back(), sha256(TRY(read_text_file(file))).to_hex()));
  }
  head.command = fmt::format(
      "noroshi model evaluate --examples {} {}{}", fmt::join(names, ","),
      arguments.model.empty() ? "--protocol " + arguments.protocol : "--model " + arguments.model,
      arguments.ablations ? " --ablations" : "");
  const auto evaluation = TRY(evaluated(arguments, examples));
  if (!arguments.output.empty()) {
    const std::filesystem::path folder(arguments.output);
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
      return failure(ErrorCode::kIo, arguments.output + ": cannot be made: " + failed.message());
    const auto name = evaluation.protocol;
    TRY(write_whole(folder / (name + ".md"), report_markdown(evaluation, head), arguments.force));
    TRY(write_whole(folder / (name + ".json"), report_json(evaluation, head), arguments.force));
    TRY(write_whole(folder / (name + ".html"), report_html(evaluation, head), arguments.force));
  }
  return arguments.json ? report_json(evaluation, head) : report_markdown(evaluation, head);
}

Exit run(const Arguments& arguments) {
  const auto report = run_through(arguments);
  if (!report) {
    complain(report.error().message);
    return report.error().code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
  }
  Output output;
  output.write(*report);
  return output.exit();
}

}  // namespace

void add_model_evaluate(CLI::App& model, Action& action) {
  auto* command = model.add_subcommand(
      "evaluate", "How well learning does on what it has not seen, beside other rules");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("--examples", arguments->examples, "Files of `noroshi model examples`")
      ->required()
      ->delimiter(',')
      ->type_name("FILE");
  command
      ->add_option("--protocol", arguments->protocol,
                   "What the test has not in common with what is learnt from, beside the seed")
      ->capture_default_str()
      ->check(CLI::IsMember({"time", "leave-family-out", "leave-network-out"}));
  command
      ->add_option("--model", arguments->model,
                   "Test this model as it is, on examples that it has not seen; nothing is trained")
      ->type_name("DIR")
      ->excludes("--protocol");
  command->add_flag("--ablations", arguments->ablations,
                    "Also without each group of features, and with labels shuffled");
  command
      ->add_option("--output", arguments->output,
                   "A folder for PROTOCOL.md, .json and .html, beside standard output")
      ->type_name("DIR");
  command->add_flag("--force", arguments->force, "Replace the files");
  command->add_flag("--json", arguments->json, "JSON instead of Markdown");
  command->footer(
      "Examples:\n"
      "  noroshi model evaluate --examples examples.bin --protocol leave-family-out\n"
      "  noroshi model evaluate --examples recorded.bin --model models/shipped --output reports");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace noroshi
